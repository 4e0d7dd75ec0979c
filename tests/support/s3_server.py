"""A real S3 server of the test run's own: SeaweedFS, from a pip package, with random keys on free ports."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.lifeline import Facts, keep

START_SECONDS = 60.0
ATTEMPTS = 3
ACTIONS = {
    "admin": ["Admin"],
    # For the product. Without Admin a put does not quietly make the bucket it names.
    "product": ["Read", "Write", "List", "Tagging"],
}
PARTS = ("master", "volume", "filer", "s3")


@contextmanager
def running(folder: Path) -> Iterator[Facts]:
    """A server with its data in `folder`; the facts are `endpoint_url`, and keys for the tests and for the product."""
    facts = {f"{who}_{key}": secrets.token_hex(16) for who in ACTIONS for key in ("access_key", "secret_key")}
    (folder / "s3.json").write_text(json.dumps(_configuration(facts)))
    server = _started(folder, facts)
    try:
        yield facts
    finally:
        server.kill()  # asked politely it takes half a minute, and nothing of it is kept
        server.wait()


def client(facts: Facts) -> Any:
    """A plain boto3 client, for what a test has to do behind the product's back."""
    return boto3.session.Session().client(
        "s3",
        endpoint_url=facts["endpoint_url"],
        region_name="us-east-1",
        aws_access_key_id=facts["admin_access_key"],
        aws_secret_access_key=facts["admin_secret_key"],
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10),
    )


def _started(folder: Path, facts: Facts) -> subprocess.Popen[bytes]:
    # Another process may take a port between our finding it free and the server's opening it: then once more.
    for attempt in range(ATTEMPTS):
        ports = _free_ports()
        facts["endpoint_url"] = f"http://127.0.0.1:{ports['s3.port']}"
        place = folder / f"data{attempt}"
        place.mkdir()
        server = subprocess.Popen(_command(place, folder / "s3.json", ports), cwd=place, env=_environment())
        if _is_up(server, facts):
            return server
        server.kill()
        server.wait()
    raise RuntimeError("SeaweedFS did not start")


def _free_ports() -> dict[str, int]:
    # All held at once, so that no two are the same.
    with ExitStack() as held:
        probes = {}
        for name in (f"{part}.{port}" for part in PARTS for port in ("port", "port.grpc")):
            probes[name] = held.enter_context(socket.socket())
            probes[name].bind(("127.0.0.1", 0))
        return {name: probe.getsockname()[1] for name, probe in probes.items()}


def _environment() -> dict[str, str]:
    # Each bucket begins with so many volumes of every kind; seven, the default, makes a new bucket slow.
    return os.environ | {"WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}


def _command(folder: Path, configuration: Path, ports: dict[str, int]) -> list[str]:
    return [
        str(Path(sys.executable).with_name("weed")),
        "server",
        f"-dir={folder}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-filer",
        "-s3",
        f"-s3.config={configuration}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-volume.max=1000",
        "-master.volumeSizeLimitMB=64",
        *(f"-{name}={port}" for name, port in ports.items()),
    ]


def _configuration(facts: Facts) -> dict[str, object]:
    identities = [
        {
            "name": who,
            "credentials": [{"accessKey": facts[f"{who}_access_key"], "secretKey": facts[f"{who}_secret_key"]}],
            "actions": actions,
        }
        for who, actions in ACTIONS.items()
    ]
    return {"identities": identities}


def _is_up(server: subprocess.Popen[bytes], facts: Facts) -> bool:
    deadline = time.monotonic() + START_SECONDS
    s3 = client(facts)
    while server.poll() is None and time.monotonic() < deadline:
        try:
            # A bucket may be made before there is a volume to write to: it is up when an object can be kept.
            s3.create_bucket(Bucket="ready")
            s3.put_object(Bucket="ready", Key="ready", Body=b"ready")
        except (BotoCoreError, ClientError):
            time.sleep(0.05)
        else:
            return True
    return False


if __name__ == "__main__":
    keep(running)
