"""The pages of a shared film over HTTP: what they show, what they keep to themselves, and how links end."""

from __future__ import annotations

import io
import time
from urllib.parse import urlsplit

import pytest
from PIL import Image

from conversation.i18n import Words
from storage.clock import db_now
from storage.database import Database
from storage.objects import open_store
from storage.objects.local import LocalStore
from tests.support.cinema import INVITATION, Cinema, Shot, moving, showing
from tests.support.database import execute
from tests.webhooks.player.conftest import Visitor

SHORT = Shot(seconds=0.5)


async def test_it_shows_the_clips_in_their_order_with_captions_and_music(cinema: Cinema, visitor: Visitor) -> None:
    project = await cinema.project(Shot("coffee", 0.5, caption="Breakfast"), Shot("chelsea", 0.5, (180, 320)))
    await cinema.music(project, seconds=3.0, start_s=1.0, fade_in_s=0.5, volume=60, loops=False)
    await cinema.change(project, transition="cross")
    film = await visitor.film(await cinema.address(project))
    first, second = film["clips"]
    assert (first["seconds"], first["width"], first["height"], first["caption"]) == (0.5, 320, 180, "Breakfast")
    assert (second["width"], second["height"], second["caption"]) == (180, 320, None)
    assert (await visitor.get(first["url"])).body == moving("coffee", 0.5, (320, 180))
    assert (await visitor.get(second["url"])).body == moving("chelsea", 0.5, (180, 320))
    assert Image.open(io.BytesIO((await visitor.get(second["poster"])).body)).size == (180, 320)
    music = film["music"]
    assert (await visitor.get(music["url"])).headers["Content-Type"] == "audio/mp4"
    assert [music[name] for name in ("seconds", "start_s", "fade_in_s", "fade_out_s", "volume", "loops")] == [
        3.0, 1.0, 0.5, 2.0, 60, False,
    ]  # fmt: skip
    assert (film["title"], film["transition"], film["expires_in"]) == ("Our winter", "cross", 600)
    assert film["transition_s"] == pytest.approx(0.5 / 3)


async def test_a_part_of_a_clip_can_be_asked_for(cinema: Cinema, visitor: Visitor) -> None:
    film = await visitor.film(await cinema.address(await cinema.project(SHORT)))
    url, whole = film["clips"][0]["url"], moving("chelsea", 0.5, (320, 180))
    part = await visitor.get(url, Range="bytes=100-299")
    assert (part.status, part.body) == (206, whole[100:300])
    assert part.headers["Content-Range"] == f"bytes 100-299/{len(whole)}"
    head = await visitor.get(url, method="HEAD")
    assert (head.status, head.headers["Content-Length"], head.body) == (200, str(len(whole)), b"")


async def test_an_empty_project_is_shown_as_empty(cinema: Cinema, visitor: Visitor) -> None:
    page = await cinema.address(await cinema.project(SHORT))
    await execute(cinema.db, "DELETE FROM clips")
    assert (await visitor.film(page))["clips"] == []
    assert (await visitor.get(f"{page}/picture.jpg")).status == 404


async def test_whatever_is_not_shared_is_not_there_and_looks_the_same(cinema: Cinema, visitor: Visitor) -> None:
    revoked, deleted, shown = [await cinema.project(SHORT) for _ in range(3)]
    pages = [await cinema.address(one) for one in (revoked, deleted)]
    await cinema.sharing.revoke(revoked.user_id, revoked.id)
    await cinema.change(deleted, deleted_at=db_now())
    pages += [f"{cinema.url}/p/{'x' * 22}", f"{cinema.url}/p/{shown.id}", f"{cinema.url}/p/{'%00' * 20}"]
    for path in ("", "/film.json", "/picture.jpg"):
        answers = [await visitor.get(page + path) for page in pages]
        assert {(one.status, one.body) for one in answers} == {(404, answers[0].body)}
        assert all("noindex" in one.headers["X-Robots-Tag"] for one in answers)
    assert "no longer shared" in (await visitor.get(pages[0])).text


async def test_it_is_given_to_no_search_engine_and_leads_nowhere(cinema: Cinema, visitor: Visitor) -> None:
    page = await cinema.address(await cinema.project(SHORT))
    headers = (await visitor.get(page)).headers
    assert (headers["Referrer-Policy"], headers["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow, noarchive")
    assert (headers["X-Frame-Options"], headers["Cache-Control"]) == ("DENY", "no-store")
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["media-src"] == policy["img-src"] == f"'self' {cinema.url}"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    facts = (await visitor.get(f"{page}/film.json")).headers
    assert (facts["Cache-Control"], facts["X-Robots-Tag"]) == ("no-store", "noindex")


async def test_a_link_has_a_preview_with_name_and_picture(cinema: Cinema, visitor: Visitor) -> None:
    project = await cinema.project(SHORT, Shot("coffee", 0.5), name='"><script>alert(1)</script>')
    page = await cinema.address(project)
    text = (await visitor.get(page)).text
    assert "<script>alert" not in text
    assert 'property="og:title" content="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in text
    assert f'property="og:image" content="{page}/picture.jpg"' in text
    picture = await visitor.get(f"{page}/picture.jpg")
    assert (picture.status, picture.headers["Cache-Control"]) == (200, "public, max-age=300")
    assert Image.open(io.BytesIO(picture.body)).size == (1200, 630)


@pytest.mark.parametrize(
    ("asked", "language", "again"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", "es", "Ver otra vez"),
        ("de, ru;q=0.5", "ru", "Смотреть ещё раз"),
        ("", "en", "Watch"),
    ],
)
async def test_it_speaks_the_viewers_language(
    cinema: Cinema, visitor: Visitor, asked: str, language: str, again: str
) -> None:
    project = await cinema.project(SHORT, name=None)
    page = await cinema.address(project)
    text = (await visitor.get(page, Accept_Language=asked)).text
    assert f'<html lang="{language}">' in text
    assert again in text
    title = (await visitor.film(page, **{"Accept-Language": asked}))["title"]
    assert title == {"es": "Proyecto", "ru": "Проект", "en": "Project"}[language] + f" {project.number}"


async def test_who_liked_it_is_led_to_the_bot_with_the_token(cinema: Cinema, visitor: Visitor) -> None:
    project = await cinema.project(SHORT)
    token = await cinema.share(project)
    assert f'data-yours="{INVITATION}{token}"' in (await visitor.get(f"{cinema.url}/p/{token}")).text


async def test_links_of_a_folder_end_and_cannot_be_changed(db: Database, cinema: Cinema, visitor: Visitor) -> None:
    film = await visitor.film(await cinema.address(await cinema.project(SHORT, Shot("coffee", 0.5))))
    mine, other = (clip["url"] for clip in film["clips"])
    assert (await visitor.get(mine)).status == 200
    assert (await visitor.get(other.split("?")[0] + "?" + urlsplit(mine).query)).status == 404
    assert (await visitor.get(mine.replace("expires=1", "expires=2"))).status == 404
    assert (await visitor.get(mine.split("?")[0])).status == 404
    assert isinstance(cinema.store, LocalStore)
    key = urlsplit(mine).path.removeprefix("/media/")
    past = str(int(time.time()) - 1)
    ended = f"{mine.split('?')[0]}?expires={past}&signature={cinema.store._signature(key, past)}"
    assert (await visitor.get(ended)).status == 404


async def test_with_a_bucket_the_links_are_its_own_and_end_too(
    db: Database, words: Words, s3_url: str, visitor: Visitor
) -> None:
    store = open_store(s3_url, signing_secret="canary", public_url="")
    async with showing(db, words, store, link_seconds=1) as cinema:
        page = await cinema.address(await cinema.project(SHORT))
        bucket = f"http://{urlsplit((await visitor.film(page))['clips'][0]['url']).netloc}"
        assert bucket != cinema.url
        assert f"media-src 'self' {bucket};" in (await visitor.get(page)).headers["Content-Security-Policy"]
        link = (await visitor.film(page))["clips"][0]["url"]
        part = await visitor.get(link, Range="bytes=0-9")
        assert (part.status, part.body) == (206, moving("chelsea", 0.5, (320, 180))[:10])
        assert (await visitor.get(link.replace("X-Amz-Expires=1", "X-Amz-Expires=9"))).status == 403
        assert (await visitor.get(link.replace(".mp4", ".jpg"))).status == 403
        while (await visitor.get(link)).status == 200:
            pass  # it lives for one second
        assert (await visitor.get(link)).status == 403
        assert (await visitor.get((await visitor.film(page))["clips"][0]["url"])).status == 200
    await store.close()
