"""`s3_url`: a real S3 server, one for a whole test run and a bucket for each test; started when a test first asks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.lifeline import Facts, shared_server


@pytest.fixture(scope="session")
def s3_server() -> Facts:
    """`endpoint_url`, `admin_…` and `product_…` `access_key` and `secret_key` of the server."""
    return shared_server("tests.support.s3_server")


@pytest.fixture(scope="session")
def s3_client(s3_server: Facts) -> Iterator[Any]:
    """A boto3 client of the tests' own, to look behind the product's back."""
    from tests.support.s3_server import client  # boto3 takes half a second, and few tests need it

    s3 = client(s3_server)
    yield s3
    s3.close()


@pytest.fixture
def s3_bucket(s3_client: Any) -> Iterator[str]:
    """A fresh bucket's name."""
    bucket = f"b{uuid.uuid4().hex[:16]}"
    s3_client.create_bucket(Bucket=bucket)
    yield bucket
    # SeaweedFS removes what is in it too.
    s3_client.delete_bucket(Bucket=bucket)


@pytest.fixture
def s3_url(s3_server: Facts, s3_bucket: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A fresh bucket, as a STORAGE_URL; its keys are in the environment under the usual AWS names."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3_server["product_access_key"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3_server["product_secret_key"])
    return f"s3://{s3_bucket}?{urlencode({'endpoint_url': s3_server['endpoint_url'], 'region': 'us-east-1'})}"
