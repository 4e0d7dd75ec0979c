"""A folder that is full, shared, interrupted or asked with forged links."""

from __future__ import annotations

import asyncio
import os
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.objects.base import ObjectMissing, StoreUnavailable
from storage.objects.local import ABANDONED_SECONDS, LinkRefused, LocalStore

NOW = 1_800_000_000.0
KEY = "takes/7/clip.mp4"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "media"


@pytest.fixture
def store(root: Path) -> LocalStore:
    return LocalStore(root, signing_secret="secret", public_url="https://echoes.example")


@contextmanager
def no_file_above(size: int) -> Iterator[None]:
    """The kernel refuses to let any file grow beyond `size` bytes: a write fails half-way, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("by_file", [False, True], ids=["bytes", "file"])
async def test_a_full_disk_keeps_the_old_object_and_nothing_half_written(
    store: LocalStore, root: Path, tmp_path: Path, by_file: bool
) -> None:
    await store.put(KEY, b"old", "video/mp4")
    data = b"n" * 3_000_000
    (tmp_path / "new").write_bytes(data)
    with no_file_above(2_000_000), pytest.raises(StoreUnavailable, match="refuses"):
        await store.put(KEY, tmp_path / "new" if by_file else data, "video/mp4")
    assert await store.get(KEY) == b"old"
    assert files(root) == {KEY}


async def test_a_download_to_a_full_disk_leaves_nothing(store: LocalStore, tmp_path: Path) -> None:
    await store.put(KEY, b"n" * 3_000_000, "video/mp4")
    before = set(tmp_path.iterdir())
    with no_file_above(1_000_000), pytest.raises(OSError, match="too large"):
        await store.download(KEY, tmp_path / "out")
    assert set(tmp_path.iterdir()) == before


async def test_a_key_below_an_object_cannot_be_put(store: LocalStore, root: Path) -> None:
    await store.put(KEY, b"x", "video/mp4")
    with pytest.raises(StoreUnavailable):
        await store.put(f"{KEY}/deeper", b"y", "video/mp4")
    assert files(root) == {KEY}


async def test_a_cancelled_put_is_whole_or_not_there(store: LocalStore) -> None:
    put = asyncio.create_task(store.put(KEY, b"n" * 3_000_000, "video/mp4"))
    await asyncio.sleep(0)
    put.cancel()
    with pytest.raises(asyncio.CancelledError):
        await put
    # Its thread goes on, as no thread can be cancelled: at every look it is not there or there as a whole.
    for _ in range(100):
        with suppress(ObjectMissing):
            assert len(await store.get(KEY)) == 3_000_000
            break
        await asyncio.sleep(0.01)


async def test_what_a_killed_process_left_is_cleared_away_and_what_others_write_is_not(
    store: LocalStore, root: Path
) -> None:
    await store.put(KEY, b"x", "video/mp4")
    abandoned, fresh = root / ".incoming" / ".dead.part", root / ".incoming" / ".busy.part"
    abandoned.write_bytes(b"half")
    fresh.write_bytes(b"half")
    long_ago = time.time() - ABANDONED_SECONDS - 60
    os.utime(abandoned, (long_ago, long_ago))
    await store.put("takes/8/clip.mp4", b"x", "video/mp4")
    assert not abandoned.exists()
    assert fresh.exists()


async def test_nobody_else_on_the_machine_may_look_in(store: LocalStore, root: Path) -> None:
    await store.put(KEY, b"x", "video/mp4")
    assert root.stat().st_mode & 0o777 == 0o700


async def test_a_folder_that_cannot_be_made_is_said_to_refuse(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = LocalStore(tmp_path / "file" / "media", signing_secret="s", public_url="")
    with pytest.raises(StoreUnavailable, match="Not a directory"):
        await store.put(KEY, b"x", "video/mp4")


async def link(store: LocalStore) -> tuple[str, str]:
    url = await store.url(KEY, expires_in_seconds=60)
    assert url.startswith(f"https://echoes.example/media/{KEY}?expires=")
    expires, _, signature = url.partition("expires=")[2].partition("&signature=")
    return expires, signature


async def test_a_genuine_link_is_honoured_until_its_last_second(store: LocalStore) -> None:
    expires, signature = await link(store)
    store.verify(KEY, expires, signature)
    store.verify(KEY, expires, signature, now=int(expires) - 0.5)
    with pytest.raises(LinkRefused, match="expired"):
        store.verify(KEY, expires, signature, now=int(expires))


async def test_another_secret_makes_other_links(store: LocalStore, root: Path) -> None:
    expires, signature = await link(store)
    other = LocalStore(root, signing_secret="another", public_url="")
    with pytest.raises(LinkRefused):
        other.verify(KEY, expires, signature)


async def test_a_later_end_needs_another_signature(store: LocalStore) -> None:
    expires, signature = await link(store)
    for longer in (str(int(expires) + 1), f"{expires}0", f"0{expires}", f" {expires}", f"+{expires}", "nan", "", "١"):
        with pytest.raises(LinkRefused):
            store.verify(KEY, longer, signature)


@given(expires=st.text(max_size=20), signature=st.text(max_size=70))
def test_made_up_links_are_refused_whatever_they_hold(expires: str, signature: str) -> None:
    store = LocalStore("nowhere", signing_secret="secret", public_url="")
    with pytest.raises(LinkRefused):
        store.verify(KEY, expires, signature, now=NOW)
