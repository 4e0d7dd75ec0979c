"""What every object store does, whichever it is."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import pytest

from storage.objects.base import InvalidKey, ObjectMissing, ObjectStore
from tests.storage.objects.conftest import Links

KEY = "takes/7/clip.mp4"


async def test_what_was_put_comes_back(store: ObjectStore) -> None:
    await store.put(KEY, b"moving pictures", "video/mp4")
    assert await store.get(KEY) == b"moving pictures"
    assert await store.size(KEY) == 15
    assert await store.exists(KEY)


async def test_a_file_can_be_put_and_downloaded(store: ObjectStore, tmp_path: Path) -> None:
    source, target = tmp_path / "in.mp4", tmp_path / "out.mp4"
    source.write_bytes(b"moving pictures")
    await store.put(KEY, source, "video/mp4")
    await store.download(KEY, target)
    assert target.read_bytes() == b"moving pictures"
    assert source.exists()


async def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    await store.put(KEY, b"", "video/mp4")
    assert await store.exists(KEY)
    assert await store.get(KEY) == b""
    assert await store.size(KEY) == 0


@pytest.mark.parametrize("by_file", [False, True], ids=["bytes", "file"])
async def test_ten_megabytes_make_the_round_trip_unchanged(store: ObjectStore, tmp_path: Path, by_file: bool) -> None:
    data = os.urandom(10 << 20)
    (tmp_path / "in").write_bytes(data)
    await store.put(KEY, tmp_path / "in" if by_file else data, "video/mp4")
    await store.download(KEY, tmp_path / "out")
    assert hashlib.sha256((tmp_path / "out").read_bytes()).digest() == hashlib.sha256(data).digest()
    assert await store.size(KEY) == len(data)


async def test_putting_again_replaces_all_of_it(store: ObjectStore) -> None:
    await store.put(KEY, b"a long first version", "video/mp4")
    await store.put(KEY, b"second", "video/mp4")
    assert await store.get(KEY) == b"second"


async def test_puts_at_once_leave_one_of_them_whole(store: ObjectStore) -> None:
    versions = [bytes([number]) * 200_000 for number in range(12)]
    writes = asyncio.gather(*(store.put(KEY, version, "video/mp4") for version in versions))
    await store.put("takes/other", b"unharmed", "video/mp4")
    while not writes.done():
        try:
            assert await store.get(KEY) in versions
        except ObjectMissing:
            continue
    await writes
    assert await store.get(KEY) in versions
    assert await store.get("takes/other") == b"unharmed"


async def test_what_is_not_there_is_missing(store: ObjectStore, tmp_path: Path) -> None:
    assert not await store.exists(KEY)
    for asking in (store.get(KEY), store.size(KEY), store.download(KEY, tmp_path / "out")):
        with pytest.raises(ObjectMissing):
            await asking
    assert list(tmp_path.glob("*out*")) == []


async def test_part_of_a_key_is_no_object(store: ObjectStore) -> None:
    await store.put(KEY, b"x", "video/mp4")
    assert not await store.exists("takes/7")
    assert not await store.exists(f"{KEY}/deeper")


async def test_deleting_twice_is_no_error(store: ObjectStore) -> None:
    await store.put(KEY, b"x", "video/mp4")
    await store.delete(KEY)
    await store.delete(KEY)
    assert not await store.exists(KEY)


async def test_a_folder_says_what_lies_below_it(store: ObjectStore) -> None:
    for key in ("films/7/1/a.mp4", "films/7/1/parts/b.mp4", "films/7/10/c.mp4", "films/7/1.mp4"):
        await store.put(key, b"x", "video/mp4")
    assert sorted(await store.keys("films/7/1")) == ["films/7/1/a.mp4", "films/7/1/parts/b.mp4"]
    assert await store.keys("films/8") == []


async def test_a_source_that_is_not_there_is_the_callers_fault(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await store.put(KEY, tmp_path / "nothing", "video/mp4")
    assert not await store.exists(KEY)


async def test_a_download_that_cannot_be_written_leaves_nothing(store: ObjectStore, tmp_path: Path) -> None:
    await store.put(KEY, b"x", "video/mp4")
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        await store.download(KEY, tmp_path / "folder")
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


@pytest.mark.parametrize("key", ["../secret", "a/../../secret", "/etc/passwd", "a\0b", "a\\b", "", ".hidden", "é" * 9])
async def test_no_door_takes_a_hostile_key(store: ObjectStore, tmp_path: Path, key: str) -> None:
    doors = [
        store.put(key, b"x", "video/mp4"),
        store.get(key),
        store.download(key, tmp_path / "out"),
        store.exists(key),
        store.size(key),
        store.delete(key),
        store.keys(key),
        store.url(key, expires_in_seconds=60),
    ]
    for door in doors:
        with pytest.raises(InvalidKey):
            await door


async def test_a_link_shows_the_object_with_its_type(store: ObjectStore, links: Links) -> None:
    await store.put(KEY, b"moving pictures", "video/mp4")
    url = await store.url(KEY, expires_in_seconds=60)
    assert await links.get(url) == (200, b"moving pictures", "video/mp4")


async def test_a_link_to_nothing_shows_nothing(store: ObjectStore, links: Links) -> None:
    status, _, _ = await links.get(await store.url(KEY, expires_in_seconds=60))
    assert status == 404


async def test_a_link_ends(store: ObjectStore, links: Links) -> None:
    await store.put(KEY, b"moving pictures", "video/mp4")
    url = await store.url(KEY, expires_in_seconds=1)
    async with asyncio.timeout(20):
        while (await links.get(url))[0] == 200:  # noqa: ASYNC110 - the end of a second is told by no event
            await asyncio.sleep(0.1)
    status, body, _ = await links.get(url)
    assert status in {403, 404}
    assert b"moving pictures" not in body


async def test_no_part_of_a_link_can_be_changed(store: ObjectStore, links: Links) -> None:
    await store.put(KEY, b"moving pictures", "video/mp4")
    await store.put("takes/8/clip.mp4", b"another's pictures", "video/mp4")
    url = await store.url(KEY, expires_in_seconds=60)
    for altered in (url.replace("takes/7", "takes/8"), *_altered_queries(url)):
        status, body, _ = await links.get(altered)
        assert (status in {400, 403, 404}, b"pictures" in body) == (True, False), altered


def _altered_queries(url: str) -> list[str]:
    """The link with each parameter of its query changed, and with each left out."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query)
    changed = [[*query[:at], (name, _other(value)), *query[at + 1 :]] for at, (name, value) in enumerate(query)]
    shorter = [query[:at] + query[at + 1 :] for at in range(len(query))]
    return [urlunsplit(parts._replace(query=urlencode(pairs))) for pairs in (*changed, *shorter)]


def _other(value: str) -> str:
    last = "1" if value[-1] != "1" else "2"
    return value[:-1] + last


@pytest.mark.parametrize("seconds", [0, -5])
async def test_a_link_of_no_time_is_not_made(store: ObjectStore, seconds: int) -> None:
    with pytest.raises(ValueError, match="of no use"):
        await store.url(KEY, expires_in_seconds=seconds)
