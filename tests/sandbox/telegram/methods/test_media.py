"""What becomes of files: sizes, probing, thumbnails, identifiers."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from tests.sandbox.driver import TOKEN, Person, Sandbox
from tests.sandbox.pictures import gif, jpeg, mp4, png, sound


async def _download(sandbox: Sandbox, file_id: str) -> bytes:
    file = await sandbox.ok("getFile", file_id=file_id)
    async with sandbox.session.get(f"{sandbox.url}/file/bot{TOKEN}/{file['file_path']}") as answer:
        assert answer.status == 200
        data = await answer.read()
        assert len(data) == file["file_size"]
        return data


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        ((80, 60), [80]),
        ((640, 480), [90, 320, 640]),
        ((3000, 1500), [90, 320, 800, 1280, 2560]),
        ((60, 900), [6, 21, 53, 60]),
    ],
)
async def test_a_photo_is_kept_in_several_sizes(
    sandbox: Sandbox, alice: Person, size: tuple[int, int], widths: list[int]
) -> None:
    message = await sandbox.ok("sendPhoto", chat_id=alice.id, photo=("a.jpg", jpeg(*size)))
    assert [photo["width"] for photo in message["photo"]] == widths
    data = await _download(sandbox, message["photo"][-1]["file_id"])
    assert Image.open(io.BytesIO(data)).size == (message["photo"][-1]["width"], message["photo"][-1]["height"])


async def test_a_person_s_photo_is_turned_upright_and_loses_its_metadata(sandbox: Sandbox, alice: Person) -> None:
    await alice.sends(("me.jpg", jpeg(640, 480, exif_orientation=6)))
    [update] = await sandbox.updates()
    largest = update["message"]["photo"][-1]
    image = Image.open(io.BytesIO(await _download(sandbox, largest["file_id"])))
    assert image.size == (largest["width"], largest["height"]) == (480, 640)
    assert not image.getexif()


async def test_a_photo_sent_as_a_file_stays_as_it_is(sandbox: Sandbox, alice: Person) -> None:
    original = jpeg(640, 480, exif_orientation=6)
    await alice.sends(("me.jpg", original), **{"as": "document"})
    [update] = await sandbox.updates()
    document = update["message"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("me.jpg", "image/jpeg")
    assert await _download(sandbox, document["file_id"]) == original
    assert document["thumbnail"]["height"] == 320


async def test_a_video_is_looked_into(sandbox: Sandbox, alice: Person) -> None:
    message = await sandbox.ok("sendVideo", chat_id=alice.id, video=("v.mp4", mp4(128, 96, 2)))
    video = message["video"]
    assert (video["width"], video["height"], video["duration"]) == (128, 96, 2)
    assert (video["thumbnail"]["width"], video["mime_type"]) == (128, "video/mp4")


async def test_above_10_mb_a_video_is_taken_at_its_word(sandbox: Sandbox, alice: Person) -> None:
    large = mp4() + bytes(10 * 1024 * 1024)
    video = (await sandbox.ok("sendVideo", chat_id=alice.id, video=("v.mp4", large)))["video"]
    assert (video["width"], video["height"], video["duration"]) == (320, 320, 0)
    assert "thumbnail" not in video
    said = {"width": 128, "height": 96, "duration": 2, "thumbnail": ("t.jpg", jpeg(320, 240))}
    video = (await sandbox.ok("sendVideo", chat_id=alice.id, video=("v.mp4", large), **said))["video"]
    assert (video["width"], video["height"], video["duration"]) == (128, 96, 2)
    assert video["thumbnail"]["width"] == 320


async def test_a_video_that_is_no_mp4_becomes_a_document(sandbox: Sandbox, alice: Person) -> None:
    message = await sandbox.ok("sendVideo", chat_id=alice.id, video=("v.webm", b"\x1aE\xdf\xa3 and so on"))
    assert "video" not in message
    assert message["document"]["file_name"] == "v.webm"


@pytest.mark.parametrize(
    "thumbnail", [jpeg(321, 100), png(100, 100), b"nothing"], ids=["too wide", "no JPEG", "no picture"]
)
async def test_a_thumbnail_against_the_rules_is_ignored(sandbox: Sandbox, alice: Person, thumbnail: bytes) -> None:
    files: dict[str, Any] = {"video": ("v.mp4", mp4()), "thumbnail": ("t.jpg", thumbnail)}
    video = (await sandbox.ok("sendVideo", chat_id=alice.id, **files))["video"]
    assert video["thumbnail"]["width"] == 128


async def test_sounds_and_animations_have_their_facts(sandbox: Sandbox, alice: Person) -> None:
    audio = (await sandbox.ok("sendAudio", chat_id=alice.id, audio=("a.wav", sound(3)), title="T"))["audio"]
    assert (audio["duration"], audio["title"], audio["file_name"]) == (3, "T", "a.wav")
    message = await sandbox.ok("sendAnimation", chat_id=alice.id, animation=("a.gif", gif()))
    assert (message["animation"]["width"], message["document"]["mime_type"]) == (32, "image/gif")
    message = await sandbox.ok("sendAnimation", chat_id=alice.id, animation=("a.mp4", mp4()))
    assert message["animation"]["duration"] == 2


async def test_a_file_is_sent_again_by_its_identifier_as_the_same_file(sandbox: Sandbox, alice: Person) -> None:
    video = (await sandbox.ok("sendVideo", chat_id=alice.id, video=("v.mp4", mp4())))["video"]
    again = (await sandbox.ok("sendVideo", chat_id=alice.id, video=video["file_id"]))["video"]
    assert again == video
    refusal = await sandbox.refusal("sendPhoto", chat_id=alice.id, photo=video["file_id"])
    assert refusal == "Bad Request: can't use file of type Video as Photo"
    refusal = await sandbox.refusal("sendPhoto", chat_id=alice.id, photo=video["thumbnail"]["file_id"])
    assert refusal == "Bad Request: can't use file of type Thumbnail as Photo"


async def test_another_bot_s_identifier_is_worthless_but_the_unique_one_is_the_same(
    sandbox: Sandbox, alice: Person
) -> None:
    await alice.sends(("a.jpg", jpeg()))
    [update] = await sandbox.updates()
    photo = update["message"]["photo"][-1]
    await sandbox.control("POST", "bots", {"token": "43:other", "username": "other_bot", "name": "Other"})
    await sandbox.control("POST", f"chats/43/{alice.id}/messages", {"text": "/start"})
    sandbox.token = "43:other"
    refusal = await sandbox.refusal("sendPhoto", chat_id=alice.id, photo=photo["file_id"])
    assert refusal == "Bad Request: wrong file identifier/HTTP URL specified"
    refusal = await sandbox.refusal("sendPhoto", chat_id=alice.id, photo=photo["file_unique_id"])
    assert refusal == "Bad Request: wrong file identifier/HTTP URL specified"


async def test_above_20_mb_a_file_cannot_be_fetched(sandbox: Sandbox, alice: Person) -> None:
    await alice.sends(("big.bin", bytes(20 * 1024 * 1024 + 1)))
    [update] = await sandbox.updates()
    file_id = update["message"]["document"]["file_id"]
    assert await sandbox.refusal("getFile", file_id=file_id) == "Bad Request: file is too big"


async def test_an_album_has_one_group_and_each_its_caption(sandbox: Sandbox, alice: Person) -> None:
    media = [
        {"type": "photo", "media": "attach://one", "caption": "<i>1</i>", "parse_mode": "HTML"},
        {"type": "video", "media": "attach://two", "supports_streaming": True},
    ]
    files: dict[str, Any] = {"one": ("1.jpg", jpeg()), "two": ("2.mp4", mp4())}
    photo, video = await sandbox.ok("sendMediaGroup", chat_id=alice.id, media=media, **files)
    assert photo["media_group_id"] == video["media_group_id"]
    assert photo["caption_entities"] == [{"type": "italic", "offset": 0, "length": 1}]
    assert "caption" not in video


async def test_a_person_s_album_is_one_update_each(sandbox: Sandbox, alice: Person) -> None:
    await alice.sends(*[(f"{number}.jpg", jpeg()) for number in range(3)], caption="all")
    messages = [update["message"] for update in await sandbox.updates()]
    assert len({message["media_group_id"] for message in messages}) == 1
    assert [message.get("caption") for message in messages] == ["all", None, None]


async def test_media_are_replaced_in_place(sandbox: Sandbox, alice: Person) -> None:
    sent = await sandbox.ok("sendMessage", chat_id=alice.id, text="soon")
    media = {"type": "video", "media": "attach://clip", "caption": "done"}
    call: dict[str, Any] = {"chat_id": alice.id, "message_id": sent["message_id"], "media": media}
    edited = await sandbox.ok("editMessageMedia", **call, clip=("v.mp4", mp4()))
    assert (edited["message_id"], edited["caption"], "text" in edited) == (sent["message_id"], "done", False)
    again = media | {"media": edited["video"]["file_id"]}
    assert "message is not modified" in await sandbox.refusal("editMessageMedia", **call | {"media": again})


async def test_album_items_keep_their_kind(sandbox: Sandbox, alice: Person) -> None:
    media = [{"type": "document", "media": f"attach://{name}"} for name in "ab"]
    album = await sandbox.ok("sendMediaGroup", chat_id=alice.id, media=media, a=("a.txt", b"a"), b=("b.txt", b"b"))
    call = {"chat_id": alice.id, "message_id": album[0]["message_id"]}
    photo = {"type": "photo", "media": "attach://c"}
    refusal = await sandbox.refusal("editMessageMedia", **call, media=photo, c=("c.jpg", jpeg()))
    assert refusal.endswith("can't be changed to a different type in an album")


async def test_a_file_on_this_machine_is_fetched_by_address(sandbox: Sandbox, alice: Person) -> None:
    async def serve(request: web.Request) -> web.Response:
        return web.Response(body=jpeg(), status=200 if request.path == "/a.jpg" else 404)

    async with _served(serve) as url:
        message = await sandbox.ok("sendPhoto", chat_id=alice.id, photo=f"{url}/a.jpg")
        assert message["photo"][-1]["width"] == 640
        refusal = await sandbox.refusal("sendPhoto", chat_id=alice.id, photo=f"{url}/b.jpg")
        assert refusal == "Bad Request: failed to get HTTP URL content"


def _served(handler: Any) -> Any:
    class Served(TestServer):
        async def __aenter__(self) -> Any:
            await self.start_server()
            return str(self.make_url("")).rstrip("/")

    app = web.Application()
    app.router.add_get("/{path:.*}", handler)
    return Served(app)


async def test_json_bodies_and_query_strings_are_read_too(sandbox: Sandbox, alice: Person) -> None:
    url = f"{sandbox.url}/bot{TOKEN}/SENDMESSAGE"
    async with sandbox.session.post(url, json={"chat_id": alice.id, "text": "as JSON"}) as answer:
        assert (await answer.json())["result"]["text"] == "as JSON"
    async with sandbox.session.get(url, params={"chat_id": alice.id, "text": "as a query"}) as answer:
        assert (await answer.json())["result"]["text"] == "as a query"
    async with sandbox.session.post(url, data="[1", headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400
        assert "can't parse request body" in json.loads(await answer.text())["description"]
