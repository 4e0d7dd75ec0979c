"""A table of wrong calls and the exact words they are refused with."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.driver import Person, Sandbox, buttons
from tests.sandbox.pictures import jpeg, mp4, png

ONLY_HERE = " (refused by the sandbox only)"
_ALBUM = [{"type": "photo", "media": "attach://a"}]
_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same"
    " as a current content and reply markup of the message"
)


def _markup(**button: Any) -> dict[str, Any]:
    return {"inline_keyboard": [[{"text": "x"} | button]]}


WRONG_TEXTS: list[tuple[dict[str, Any], str]] = [
    ({}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "<b> </b>", "parse_mode": "HTML"}, "message text is empty"),
    ({"text": "a" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    (
        {"text": "<u>a", "parse_mode": "HTML"},
        "can't parse entities: Can't find end tag corresponding to start tag \"u\"",
    ),
    ({"text": "a", "parse_mode": "LaTeX"}, "unsupported parse_mode"),
    ({"text": "a", "colour": "red"}, 'sendMessage has no parameter "colour"' + ONLY_HERE),
    (
        {"text": "a", "protect_content": "perhaps"},
        'can\'t parse protect_content: Field "protect_content" must be of type Boolean',
    ),
    ({"text": "a", "reply_parameters": {"message_id": 999}}, "message to be replied not found"),
    ({"text": "a", "chat_id": 7}, "chat not found"),
    ({"text": "a", "chat_id": "@alice"}, "chat not found"),
    ({"text": "a", "chat_id": ""}, "chat_id is empty"),
]
WRONG_MARKUPS: list[tuple[dict[str, Any], str]] = [
    (_markup(callback_data="a" * 65), "BUTTON_DATA_INVALID"),
    (_markup(callback_data="é" * 33), "BUTTON_DATA_INVALID"),
    (_markup(callback_data=""), "BUTTON_DATA_INVALID"),
    (_markup(), "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"),
    (_markup(text=" ", url="x.org"), "can't parse keyboard button: button text must be non-empty"),
    (_markup(url="javascript://x"), "inline keyboard button URL 'javascript://x' is invalid: Unsupported URL protocol"),
    (_markup(url="http://localhost"), "inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL"),
    (_markup(url="https://"), "inline keyboard button URL 'https://' is invalid: URL host is empty"),
    (
        _markup(web_app={"url": "http://x.org"}),
        "inline keyboard button Web App URL 'http://x.org' is invalid: Only HTTPS links are allowed",
    ),
    (_markup(copy_text={"text": "a" * 257}), "BUTTON_COPY_TEXT_INVALID"),
    (_markup(callback_data="a", style="pink"), "can't parse keyboard button: invalid button style specified"),
    (
        _markup(callback_data="a", url="x.org"),
        "inline keyboard button does more than one thing: url, callback_data" + ONLY_HERE,
    ),
    (buttons({str(number): "x" for number in range(9)}), "reply markup has more than 8 buttons in a row" + ONLY_HERE),
    (buttons(*[{"x": "x"}] * 101), "reply markup is too long"),
]
WRONG_FILES: list[tuple[str, dict[str, Any], str]] = [
    ("sendPhoto", {}, "there is no photo in the request"),
    ("sendPhoto", {"photo": "AgACAgIAAxkBAAI"}, "wrong file identifier/HTTP URL specified"),
    ("sendPhoto", {"photo": "attach://missing"}, "wrong file identifier/HTTP URL specified"),
    ("sendPhoto", {"photo": ("a.jpg", b"")}, "file must be non-empty"),
    ("sendPhoto", {"photo": ("a.jpg", b"not a picture")}, "IMAGE_PROCESS_FAILED"),
    ("sendPhoto", {"photo": ("a.jpg", jpeg()[:2000])}, "IMAGE_PROCESS_FAILED"),
    ("sendPhoto", {"photo": ("a.png", png(2100, 100))}, "PHOTO_INVALID_DIMENSIONS"),
    ("sendPhoto", {"photo": ("a.png", png(6000, 4001))}, "PHOTO_INVALID_DIMENSIONS"),
    ("sendPhoto", {"photo": ("a.png", png(30000, 30000))}, "PHOTO_INVALID_DIMENSIONS"),
    (
        "sendPhoto",
        {"photo": ("a.jpg", bytes(10 * 1024 * 1024 + 1))},
        "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
    ),
    ("sendPhoto", {"photo": ("a.jpg", jpeg()), "caption": "a" * 1025}, "message caption is too long"),
    ("sendPhoto", {"photo": ("a.jpg", jpeg()), "b": ("b", b"b")}, 'no parameter uses the file "b"' + ONLY_HERE),
    (
        "sendPhoto",
        {"photo": "https://example.org/a.jpg"},
        "failed to get HTTP URL content: only loopback addresses can be fetched" + ONLY_HERE,
    ),
    ("sendVideo", {"video": ("a.mp4", mp4()), "thumbnail": "a"}, "a thumbnail can only be uploaded" + ONLY_HERE),
    ("sendMediaGroup", {"media": _ALBUM, "a": ("a", jpeg())}, "a media group has 2 to 10 items" + ONLY_HERE),
    ("sendMediaGroup", {"media": _ALBUM * 11, "a": ("a", jpeg())}, "a media group has 2 to 10 items" + ONLY_HERE),
    (
        "sendMediaGroup",
        {"media": [*_ALBUM, {"type": "document", "media": "attach://a"}], "a": ("a", jpeg())},
        "Document can't be mixed with other media types",
    ),
    ("getFile", {"file_id": "x"}, "wrong file_id or the file is temporarily unavailable"),
]
WRONG_CHANGES: list[tuple[str, dict[str, Any], str]] = [
    ("editMessageText", {"message_id": 99, "text": "a"}, "message to edit not found"),
    ("editMessageText", {"message_id": 1, "text": "a"}, "message can't be edited"),
    ("editMessageText", {"text": "a"}, "message identifier is not specified"),
    ("editMessageText", {"message_id": 2, "text": "card"}, _NOT_MODIFIED),
    ("editMessageText", {"message_id": 2, "text": "<b></b>card ", "parse_mode": "HTML"}, _NOT_MODIFIED),
    ("editMessageText", {"message_id": 3, "text": "a"}, "there is no text in the message to edit"),
    ("editMessageText", {"message_id": 2, "text": "a", "reply_markup": {"keyboard": []}}, "reply_markup"),
    ("editMessageText", {"inline_message_id": "x", "text": "a"}, "MESSAGE_ID_INVALID"),
    ("editMessageCaption", {"message_id": 2, "caption": "a"}, "there is no caption in the message to edit"),
    ("editMessageCaption", {"message_id": 3, "caption": "photo"}, _NOT_MODIFIED),
    ("editMessageReplyMarkup", {"message_id": 2}, _NOT_MODIFIED),
    ("deleteMessage", {"message_id": 99}, "message to delete not found"),
    ("deleteMessages", {"message_ids": []}, "message identifiers are not specified"),
    ("copyMessage", {"message_id": 99, "from_chat_id": 7}, "chat not found"),
    ("pinChatMessage", {"message_id": 99}, "message to pin not found"),
    ("unpinChatMessage", {}, "message to unpin not found"),
    ("setMessageReaction", {"message_id": 99}, "message to react not found"),
    ("sendChatAction", {"action": "dancing"}, "wrong parameter action in request"),
]
WRONG_SETTINGS: list[tuple[str, dict[str, Any], str]] = [
    ("setMyCommands", {"commands": [{"command": "Start", "description": "x"}]}, "BOT_COMMAND_INVALID"),
    ("setMyCommands", {"commands": [{"command": "a", "description": ""}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
    ("setMyCommands", {"commands": [{"command": "a", "description": "x"}] * 101}, "BOT_COMMANDS_TOO_MUCH"),
    ("setMyCommands", {}, 'parameter "commands" is required'),
    ("getMyCommands", {"language_code": "eng"}, "invalid language code specified"),
    ("setMyName", {"name": "a" * 65}, "bot name is too long"),
    ("setMyShortDescription", {"short_description": "a" * 121}, "bot short description is too long"),
    ("setWebhook", {"url": "ftp://127.0.0.1"}, "bad webhook: An HTTPS URL must be provided for webhook"),
    ("setWebhook", {"url": "https://x.org"}, "bad webhook: only loopback addresses can be reached" + ONLY_HERE),
    ("setWebhook", {"url": "http://127.0.0.1", "secret_token": "a b"}, "secret token contains unallowed characters"),
    ("setWebhook", {"url": "http://127.0.0.1", "secret_token": "a" * 257}, "secret token is too long"),
    (
        "answerCallbackQuery",
        {"callback_query_id": "1"},
        "query is too old and response timeout expired or query ID is invalid",
    ),
    ("answerCallbackQuery", {"callback_query_id": "1", "text": "a" * 201}, "MESSAGE_TOO_LONG"),
]


@pytest.mark.parametrize(("params", "complaint"), WRONG_TEXTS)
async def test_a_wrong_text_is_refused(sandbox: Sandbox, alice: Person, params: dict[str, Any], complaint: str) -> None:
    assert await sandbox.refusal("sendMessage", **{"chat_id": alice.id} | params) == f"Bad Request: {complaint}"


@pytest.mark.parametrize(("markup", "complaint"), WRONG_MARKUPS)
async def test_a_wrong_keyboard_is_refused(
    sandbox: Sandbox, alice: Person, markup: dict[str, Any], complaint: str
) -> None:
    refusal = await sandbox.refusal("sendMessage", chat_id=alice.id, text="a", reply_markup=markup)
    assert refusal == f"Bad Request: {complaint}"


@pytest.mark.parametrize(("method", "params", "complaint"), WRONG_FILES)
async def test_a_wrong_file_is_refused(
    sandbox: Sandbox, alice: Person, method: str, params: dict[str, Any], complaint: str
) -> None:
    chat = {} if method == "getFile" else {"chat_id": alice.id}
    assert await sandbox.refusal(method, **chat | params) == f"Bad Request: {complaint}"
    assert len((await alice.chat())["messages"]) == 1


@pytest.mark.parametrize(("method", "params", "complaint"), WRONG_CHANGES)
async def test_a_wrong_change_is_refused(
    sandbox: Sandbox, alice: Person, method: str, params: dict[str, Any], complaint: str
) -> None:
    await sandbox.ok("sendMessage", chat_id=alice.id, text="card")
    await sandbox.ok("sendPhoto", chat_id=alice.id, photo=("a.jpg", jpeg()), caption="photo")
    before = await alice.chat()
    chat = {} if "inline_message_id" in params else {"chat_id": alice.id}
    assert complaint in await sandbox.refusal(method, **chat | params)
    assert await alice.chat() == before


@pytest.mark.parametrize(("method", "params", "complaint"), WRONG_SETTINGS)
async def test_a_wrong_setting_is_refused(
    sandbox: Sandbox, method: str, params: dict[str, Any], complaint: str
) -> None:
    assert await sandbox.refusal(method, **params) == f"Bad Request: {complaint}"


async def test_an_unknown_method_or_bot_is_not_found(sandbox: Sandbox) -> None:
    assert await sandbox.call("sendKindness") == {"ok": False, "error_code": 404, "description": "Not Found"}
    assert await sandbox.refusal("sendDice", chat_id=1) == "Not Found: the sandbox has no sendDice"
    sandbox.token = "42:wrong"
    assert await sandbox.call("getMe") == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_who_blocked_or_left_cannot_be_written_to(sandbox: Sandbox, alice: Person) -> None:
    await alice.blocks()
    assert await sandbox.refusal("sendMessage", chat_id=alice.id, text="a") == "Forbidden: bot was blocked by the user"
    await alice.unblocks()
    await sandbox.ok("sendMessage", chat_id=alice.id, text="a")
    await sandbox.control("DELETE", f"people/{alice.id}")
    assert await sandbox.refusal("sendMessage", chat_id=alice.id, text="a") == "Forbidden: user is deactivated"
    assert await sandbox.refusal("sendMessage", chat_id=42, text="a") == "Forbidden: bot can't send messages to the bot"


async def test_somebody_who_never_wrote_is_unknown(sandbox: Sandbox) -> None:
    bob = await sandbox.person("Bob")
    assert await sandbox.refusal("sendMessage", chat_id=bob.id, text="a") == "Bad Request: chat not found"


async def test_above_50_mb_nothing_is_taken(sandbox: Sandbox, alice: Person) -> None:
    huge = bytes(51 * 1024 * 1024)
    answer = await sandbox.call("sendDocument", chat_id=alice.id, document=("a.bin", huge))
    assert (answer["error_code"], answer["description"]) == (413, "Request Entity Too Large")


HOSTILE_BODIES: list[tuple[str, bytes]] = [
    ("application/json", b"\xff"),
    ("application/json", b"[" * 100_000),
    ("application/json", b'{"chat_id": 1, "text": "\\ud800"}'),
    ("application/json", b'{"chat_id": ' + b"9" * 5000 + b', "text": "a"}'),
    ("application/json", b'{"chat_id": 1e999, "text": "a"}'),
    ("application/json", b'{"chat_id": 1, "text": "a", "reply_markup": "' + b"[" * 100_000 + b'"}'),
    ("application/x-www-form-urlencoded", b"chat_id=1&text=%ff%fe"),
    ("application/x-www-form-urlencoded", b"chat_id=" + b"9" * 5000 + b"&text=a"),
    ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=text\r\n\r\n\xff\r\n--b--\r\n"),
    ("multipart/form-data; boundary=b", b"no parts at all"),
    ("multipart/form-data", b"no boundary"),
    ("multipart/mixed; boundary=b", b"--b\r\n\r\nno name\r\n--b--\r\n"),
]


@pytest.mark.parametrize(("content_type", "body"), HOSTILE_BODIES)
async def test_a_hostile_body_is_a_bad_request_and_no_crash(sandbox: Sandbox, content_type: str, body: bytes) -> None:
    url = f"{sandbox.url}/bot{sandbox.token}/sendMessage"
    async with sandbox.session.post(url, data=body, headers={"Content-Type": content_type}) as answer:
        assert answer.status == 400
        assert (await answer.json())["description"].startswith("Bad Request: ")
