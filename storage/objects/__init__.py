"""Where photos and clips are kept: a folder or any S3 store, behind one port."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from storage.objects.base import ObjectStore
from storage.objects.local import LocalStore

FOLDER = "file://"
S3_OPTIONS = {"endpoint_url", "region"}


def open_store(storage_url: str, *, signing_secret: str, public_url: str) -> ObjectStore:
    """The store that STORAGE_URL names.

    `file://var/media` is a folder (relative, or absolute with a third slash); what follows the `//` is the path as it
    stands. `s3://bucket?endpoint_url=…&region=…` is a bucket, its keys come from the usual AWS names.
    `signing_secret` and `public_url` (no slash at its end) serve the folder's links only; S3 signs its own.
    Raises ValueError when the address cannot be understood.
    """
    if storage_url.startswith(FOLDER) and storage_url != FOLDER:
        return LocalStore(storage_url.removeprefix(FOLDER), signing_secret=signing_secret, public_url=public_url)
    if storage_url.startswith("s3://"):
        return _open_bucket(storage_url)
    raise ValueError("STORAGE_URL must be file://folder or s3://bucket?endpoint_url=…&region=…")


def _open_bucket(storage_url: str) -> ObjectStore:
    address = urlsplit(storage_url)
    options = {name: values[-1] for name, values in parse_qs(address.query).items()}
    if not address.netloc or address.path.strip("/") or options.keys() - S3_OPTIONS:
        raise ValueError("STORAGE_URL for S3 is s3://bucket?endpoint_url=…&region=… and nothing else")
    try:
        # Only here: boto3 is an extra, and half a second of start-up for those who have no bucket.
        from storage.objects.s3 import S3Store
    except ModuleNotFoundError as missing:
        raise ValueError("STORAGE_URL names a bucket, but boto3 is not installed: install the extra `s3`") from missing
    return S3Store(address.netloc, **options)
