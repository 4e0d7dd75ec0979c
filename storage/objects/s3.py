"""Objects in a bucket of any S3 store: Cloudflare R2, AWS, SeaweedFS and their like."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storage.objects.base import ObjectMissing, StoreUnavailable, checked_key, link_seconds
from storage.objects.whole_file import whole_file

THREADS = 8
"""Calls at once. boto3 blocks, so each takes a thread; more would wait for the network rather than for us."""

MISSING = {"404", "NoSuchKey", "NotFound"}

T = TypeVar("T")


class S3Store:
    """An ObjectStore over one bucket, which must exist. Credentials come from the usual AWS places.

    Without an `endpoint_url` it is AWS itself, and the region comes from where AWS keeps it; elsewhere a region means
    little, and `auto` is what R2 wants to hear.
    """

    def __init__(self, bucket: str, *, endpoint_url: str | None = None, region: str | None = None) -> None:
        self._bucket = bucket
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="s3")
        region = region or ("auto" if endpoint_url else None)
        self._s3 = boto3.session.Session().client("s3", endpoint_url=endpoint_url, region_name=region, config=_config())

    async def put(self, key: str, source: bytes | Path, content_type: str) -> None:
        await self._call(self._put, key, source, content_type)

    async def get(self, key: str) -> bytes:
        return await self._call(self._get, key)

    async def download(self, key: str, path: Path) -> None:
        await self._call(self._download, key, path)

    async def exists(self, key: str) -> bool:
        try:
            await self.size(key)
        except ObjectMissing:
            return False
        return True

    async def size(self, key: str) -> int:
        return await self._call(self._size, key)

    async def delete(self, key: str) -> None:
        await self._call(self._delete, key)

    async def keys(self, folder: str) -> list[str]:
        return await self._call(self._keys, folder)

    async def url(self, key: str, *, expires_in_seconds: int) -> str:
        return await self._call(self._url, key, link_seconds(expires_in_seconds))

    async def close(self) -> None:
        """Wait for the calls under way, then let go of the connections."""
        await asyncio.to_thread(self._threads.shutdown)
        self._s3.close()

    async def _call(self, work: Callable[..., T], key: str, *more: object) -> T:
        checked_key(key)

        def translated() -> T:
            with _translated(key):
                return work(key, *more)

        return await asyncio.get_running_loop().run_in_executor(self._threads, translated)

    def _put(self, key: str, source: bytes | Path, content_type: str) -> None:
        # One request, not a multipart upload: it is there as a whole or not at all, and nothing has to be aborted.
        about = {"ContentType": content_type, "ContentDisposition": "inline"}
        if isinstance(source, bytes):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=source, **about)
            return
        with source.open("rb") as content:
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=content, **about)

    def _get(self, key: str) -> bytes:
        with closing(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"]) as body:
            data: bytes = body.read()
        return data

    def _download(self, key: str, path: Path) -> None:
        with (
            closing(self._s3.get_object(Bucket=self._bucket, Key=key)["Body"]) as body,
            whole_file(path, staging=path.parent) as file,
        ):
            shutil.copyfileobj(body, file, 1 << 20)

    def _size(self, key: str) -> int:
        return int(self._s3.head_object(Bucket=self._bucket, Key=key)["ContentLength"])

    def _delete(self, key: str) -> None:
        self._s3.delete_object(Bucket=self._bucket, Key=key)

    def _keys(self, folder: str) -> list[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=f"{folder}/")
        return [str(found["Key"]) for page in pages for found in page.get("Contents", [])]

    def _url(self, key: str, seconds: int) -> str:
        target = {"Bucket": self._bucket, "Key": key}
        return str(self._s3.generate_presigned_url("get_object", Params=target, ExpiresIn=seconds))


def _config() -> Config:
    return Config(
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 3},
        max_pool_connections=THREADS,
        signature_version="s3v4",
        # R2 and most self-hosted stores have no host name a bucket, and do not all know AWS's newer checksums.
        s3={"addressing_style": "path"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@contextmanager
def _translated(key: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in MISSING:
            raise ObjectMissing(key) from error
        raise StoreUnavailable(f"the bucket refuses: {code}") from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"the bucket cannot be reached: {type(error).__name__}") from error
