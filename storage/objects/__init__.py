"""Where photos and clips are kept: a folder, or any S3 store. `open_store` chooses by STORAGE_URL."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from storage.objects.base import ObjectStore


def open_store(storage_url: str, *, signing_secret: str, public_url: str) -> ObjectStore:
    """`file://var/media` (or `file:///absolute`), or `s3://bucket?endpoint_url=…&region=…`.

    `signing_secret` and `public_url` make the links of a folder; an S3 store signs its own. Raises ValueError.
    """
    parts = urlsplit(storage_url)
    if parts.scheme == "file":
        from storage.objects.local import LocalStore

        return LocalStore(Path(parts.netloc + parts.path), secret=signing_secret, public_url=public_url)
    if parts.scheme == "s3" and parts.netloc:
        from storage.objects.s3 import S3Store  # needs the extra "s3"

        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        unknown = set(options) - {"endpoint_url", "region"}
        if unknown:
            raise ValueError(f"STORAGE_URL knows no {', '.join(sorted(unknown))}")
        return S3Store(parts.netloc, **options)
    raise ValueError("STORAGE_URL must be file://folder or s3://bucket?endpoint_url=…&region=…")
