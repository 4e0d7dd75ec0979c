"""Parts are kept under rows, found again, and go when no film has needed them for long."""

from __future__ import annotations

from pathlib import Path

from services.films.parts import PartsSweep, StoredParts
from storage.database import Database
from storage.tables import User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE, execute, rows

LONG_AGO = "UPDATE film_parts SET used_at = '2026-01-01 00:00:00.000000'"


async def test_what_was_kept_is_found_and_nothing_else(
    db: Database, shop: Shop, alice: User, project: int, tmp_path: Path
) -> None:
    parts, part = StoredParts(db, shop.store, alice.id, project), tmp_path / "part.mp4"
    part.write_bytes(b"part")
    for _ in range(2):
        await parts.keep("a" * 64, part)

    assert await parts.fetch("a" * 64, tmp_path / "found.mp4")
    assert (tmp_path / "found.mp4").read_bytes() == b"part"
    assert not await parts.fetch("b" * 64, tmp_path / "none.mp4")
    key = f"films/{alice.id}/{project}/parts/{'a' * 64}.mp4"
    assert await rows(db, "SELECT project_id, part_key FROM film_parts") == [(project, key)]


@ON_SQLITE
async def test_what_no_film_needs_any_more_goes(
    db: Database, shop: Shop, alice: User, project: int, tmp_path: Path
) -> None:
    parts, part = StoredParts(db, shop.store, alice.id, project), tmp_path / "part.mp4"
    part.write_bytes(b"part")
    for digest in ("old", "needed"):
        await parts.keep(digest, part)
    await execute(db, LONG_AGO)
    await parts.fetch("needed", tmp_path / "found.mp4")

    await PartsSweep(db, shop.store).round()

    assert not await parts.fetch("old", tmp_path / "found.mp4")
    assert await parts.fetch("needed", tmp_path / "found.mp4")
    assert len(await rows(db, "SELECT id FROM film_parts")) == 1
