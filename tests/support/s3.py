"""A real S3 server (SeaweedFS, from a pip package): started when a test first asks, a bucket for each test.

Tests that use it carry `@pytest.mark.xdist_group("s3")`, so that one process of a run starts one server.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.world import free_port

START_SECONDS = 60.0


@dataclass(frozen=True)
class S3Server:
    endpoint: str
    access_key: str
    secret_key: str


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    folder = tmp_path_factory.mktemp("s3")
    made = S3Server(f"http://127.0.0.1:{(port := free_port())}", secrets.token_hex(8), secrets.token_hex(16))
    (folder / "s3.json").write_text(json.dumps(_configuration(made)))
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(_command(folder, port), stdout=log, stderr=log, cwd=folder)
    try:
        _wait(made, process, folder / "log")
        yield made
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def s3_url(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh bucket, as a STORAGE_URL; its keys are in the environment under the usual AWS names."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_server.secret_key)
    bucket = f"b{uuid.uuid4().hex[:16]}"
    _client(s3_server).create_bucket(Bucket=bucket)
    return f"s3://{bucket}?{urlencode({'endpoint_url': s3_server.endpoint, 'region': 'us-east-1'})}"


def _configuration(server: S3Server) -> dict[str, object]:
    keys = [{"accessKey": server.access_key, "secretKey": server.secret_key}]
    return {"identities": [{"name": "tests", "credentials": keys, "actions": ["Admin", "Read", "Write", "List"]}]}


def _command(folder: Path, port: int) -> list[str]:
    ports = {name: free_port() for name in ("master", "volume", "filer")}
    # SeaweedFS opens a gRPC port beside each; left alone they are port + 10000, which may not exist.
    grpc = {name: free_port() for name in ("master", "volume", "filer", "s3")}
    return [
        str(Path(sys.executable).with_name("weed")),
        "server",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        *(f"-{name}.port={number}" for name, number in ports.items()),
        *(f"-{name}.port.grpc={number}" for name, number in grpc.items()),
        "-filer",
        "-s3",
        f"-s3.port={port}",
        f"-s3.config={folder / 's3.json'}",
        "-volume.max=20",
        "-master.volumeSizeLimitMB=256",
    ]


def _client(server: S3Server) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id=server.access_key,
        aws_secret_access_key=server.secret_key,
        config=Config(retries={"max_attempts": 1}, connect_timeout=2, read_timeout=5),
    )


def _wait(server: S3Server, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(server):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text(errors="replace")[-3000:])
        time.sleep(0.2)


def _answers(server: S3Server) -> bool:
    try:
        _client(server).create_bucket(Bucket="ready")
    except (BotoCoreError, ClientError):
        return False
    return True
