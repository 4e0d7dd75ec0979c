"""Objects in any store that speaks S3: AWS, R2, SeaweedFS …"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from storage.objects.base import ObjectMissing, StoreUnavailable, checked_key

T = TypeVar("T")
THREADS = 16
MISSING = {"404", "NoSuchKey", "NotFound"}


class S3Store:
    """boto3 blocks, so it works in threads of its own: a slow store must not use up everybody's."""

    def __init__(self, bucket: str, *, endpoint_url: str | None = None, region: str | None = None) -> None:
        self._bucket = bucket
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="s3")
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint_url,
            region_name=region,
            config=Config(
                signature_version="s3v4",
                connect_timeout=5,
                read_timeout=60,
                retries={"max_attempts": 4, "mode": "standard"},
                max_pool_connections=THREADS,
                # Stores other than AWS's do not all know the newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    async def put(self, key: str, source: bytes | Path, content_type: str) -> None:
        extra = {"ContentType": content_type}
        if isinstance(source, Path):
            upload = partial(self._client.upload_file, str(source), ExtraArgs=extra)
            await self._ask(key, lambda name: upload(Bucket=self._bucket, Key=name))
        else:
            await self._ask(
                key, lambda name: self._client.put_object(Bucket=self._bucket, Key=name, Body=source, **extra)
            )

    async def get(self, key: str) -> bytes:
        def read(name: str) -> bytes:
            body: bytes = self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()
            return body

        return await self._ask(key, read)

    async def download(self, key: str, into: Path) -> None:
        await self._ask(key, lambda name: self._client.download_file(self._bucket, name, str(into)))

    async def exists(self, key: str) -> bool:
        try:
            await self.size(key)
        except ObjectMissing:
            return False
        return True

    async def size(self, key: str) -> int:
        head = await self._ask(key, lambda name: self._client.head_object(Bucket=self._bucket, Key=name))
        return int(head["ContentLength"])

    async def delete(self, key: str) -> None:
        await self._ask(key, lambda name: self._client.delete_object(Bucket=self._bucket, Key=name))

    async def url(self, key: str, *, expires_in_seconds: int) -> str:
        sign = partial(self._client.generate_presigned_url, "get_object", ExpiresIn=expires_in_seconds)
        return str(await self._ask(key, lambda name: sign(Params={"Bucket": self._bucket, "Key": name})))

    async def _ask(self, key: str, question: Callable[[str], T]) -> T:
        """Run a blocking question about `key` in a thread, and tell its errors in our own."""
        name = checked_key(key)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, question, name)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code in MISSING:
                raise ObjectMissing(key) from error
            raise StoreUnavailable(f"the store says {code}") from error
        except BotoCoreError as error:
            raise StoreUnavailable(type(error).__name__) from error
