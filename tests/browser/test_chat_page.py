"""The chat page in a real browser, before the real sandbox, with a bot that follows the test's script."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from playwright.async_api import FilePayload, Locator, Page, expect

from tests.browser.conftest import Complaints
from tests.browser.scripted import BOT_ID, USERNAME, SandboxProcess, ScriptedBot, clip
from tests.support import photographs

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)> <b>not bold</b> שלום"
DROP = """([area, files]) => {
    const transfer = new DataTransfer();
    for (const {name, data} of files) {
        const bytes = Uint8Array.from(atob(data), (one) => one.charCodeAt(0));
        transfer.items.add(new File([bytes], name, {type: "image/jpeg"}));
    }
    for (const kind of ["dragenter", "dragover", "drop"]) {
        const event = new DragEvent(kind, {dataTransfer: transfer, bubbles: true, cancelable: true});
        document.querySelector(area).dispatchEvent(event);
    }
}"""
PLAYED_A_SECOND = "video => video.currentTime > 1 && !video.paused"


def photo(name: photographs.Name = "chelsea") -> FilePayload:
    return {"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": photographs.jpeg(name)}


def bubble(page: Page, text: str) -> Locator:
    return page.locator(".bubble", has_text=text)


async def settled(page: Page) -> None:
    """Until the page has loaded all that it shows."""
    await expect(page.locator("body.starting")).to_have_count(0)


async def choose(page: Page, *files: FilePayload) -> Locator:
    """Pick files with the paper clip; returns the sheet that asks how to send them."""
    async with page.expect_file_chooser() as chooser:
        await page.get_by_label("Attach photos or files").click()
    await (await chooser.value).set_files(list(files))
    return page.get_by_role("dialog", name="Send files")


async def drop(page: Page, *names: photographs.Name) -> None:
    files = [{"name": name, "data": base64.b64encode(photographs.jpeg(name)).decode()} for name in names]
    await page.evaluate(DROP, ["#chat", files])


async def wait_until_played(video: Locator) -> None:
    element = await video.element_handle()
    await video.page.wait_for_function(PLAYED_A_SECOND, arg=element)


async def test_a_newcomer_presses_start_and_words_go_both_ways(
    phone_page: Page, sandbox: SandboxProcess, bot: ScriptedBot
) -> None:
    await phone_page.goto(sandbox.url)
    await phone_page.get_by_role("button", name="Start", exact=True).click()
    start = await bot.next("message")
    assert (start["text"], start["from"]["first_name"]) == ("/start", "Alex")
    await bot.call("sendMessage", chat_id=start["chat"]["id"], text="Hello, Alex")
    await expect(bubble(phone_page, "Hello, Alex")).to_be_visible()
    await phone_page.get_by_label("Message", exact=True).fill("Line one")
    await phone_page.keyboard.press("Shift+Enter")
    await phone_page.keyboard.type("line two")
    await phone_page.keyboard.press("Enter")
    assert (await bot.next("message"))["text"] == "Line one\nline two"
    await expect(phone_page.locator(".row.mine", has_text="line two")).to_be_visible()


async def test_entities_are_dressed_and_hostile_text_stays_text(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    text = "👨‍👩‍👧 <b>bold <i>both</i></b> <code>x = 1</code> <tg-spoiler>secret</tg-spoiler>"
    await bot.call("sendMessage", chat_id=alex, text=text, parse_mode="HTML")
    await bot.call("sendMessage", chat_id=alex, text=HOSTILE)
    link = {"type": "text_link", "offset": 0, "length": 5, "url": "https://example.com/"}
    await bot.call("sendMessage", chat_id=alex, text="Guide", entities=[link])
    await desktop_page.goto(sandbox.url)
    await expect(desktop_page.locator(".words strong")).to_have_text("bold both")
    await expect(desktop_page.locator(".words strong em")).to_have_text("both")
    await expect(desktop_page.locator(".words code")).to_have_text("x = 1")
    await expect(desktop_page.locator(".words a")).to_have_attribute("href", "https://example.com/")
    await expect(bubble(desktop_page, HOSTILE)).to_be_visible()
    await expect(desktop_page.locator(".words img, .words b")).to_have_count(0)
    await desktop_page.get_by_label("Hidden text, press to show").click()
    await expect(desktop_page.locator(".spoiler.shown")).to_have_text("secret")


async def test_a_photo_goes_by_the_button_with_its_caption(
    phone_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await phone_page.goto(sandbox.url)
    sheet = await choose(phone_page, photo("chelsea"))
    await sheet.get_by_label("Caption").fill("the cat blinks")
    await sheet.get_by_role("button", name="Send", exact=True).click()
    message = await bot.next("message")
    assert message["caption"] == "the cat blinks"
    assert message["photo"][-1]["width"] == 451
    shown = bubble(phone_page, "the cat blinks").locator(".photo img")
    await expect(shown).to_have_js_property("naturalWidth", 451)
    await bubble(phone_page, "the cat blinks").get_by_label("Open the photo").click()
    await expect(phone_page.get_by_role("dialog", name="Photo")).to_be_visible()
    await phone_page.keyboard.press("Escape")
    await expect(phone_page.get_by_role("dialog")).to_have_count(0)


async def test_a_photo_sent_as_a_file_arrives_byte_for_byte(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await desktop_page.goto(sandbox.url)
    sheet = await choose(desktop_page, photo("coffee"))
    await sheet.get_by_text("As file").click()
    await sheet.get_by_role("button", name="Send", exact=True).click()
    document = (await bot.next("message"))["document"]
    assert await bot.download(document["file_id"]) == photographs.jpeg("coffee")
    await expect(desktop_page.get_by_role("link", name="Download coffee.jpg")).to_be_visible()


async def test_photos_dropped_on_the_chat_become_one_album(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await desktop_page.goto(sandbox.url)
    await expect(bubble(desktop_page, "/start")).to_be_visible()
    await drop(desktop_page, "astronaut", "chelsea", "coffee")
    await desktop_page.get_by_role("button", name="Send", exact=True).last.click()
    messages = [await bot.next("message") for _ in range(3)]
    assert len({one["media_group_id"] for one in messages}) == 1
    await expect(desktop_page.locator("#timeline .album .tile img")).to_have_count(3)
    await expect(desktop_page.locator("#pending .row")).to_have_count(0)


async def test_a_button_loads_until_the_bot_answers_with_a_toast_or_an_alert(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Approve", "callback_data": "yes"}]]}
    await bot.call("sendMessage", chat_id=alex, text="Good?", reply_markup=keyboard)
    await desktop_page.goto(sandbox.url)
    button = desktop_page.get_by_role("button", name="Approve")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    query = await bot.next("callback_query")
    assert query["data"] == "yes"
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="Approved")
    await expect(desktop_page.locator(".toast")).to_have_text("Approved")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    await button.click()
    query = await bot.next("callback_query")
    await bot.call("answerCallbackQuery", callback_query_id=query["id"], text="No credits", show_alert=True)
    await expect(desktop_page.get_by_role("alertdialog")).to_contain_text("No credits")


async def test_an_edit_leaves_a_playing_clip_alone(
    phone_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    shape: dict[str, Any] = {"width": 320, "height": 180, "duration": 6}
    sent = await bot.call("sendVideo", chat_id=alex, video=("clip.mp4", clip()), caption="Take 1", **shape)
    await phone_page.goto(sandbox.url)
    video = phone_page.locator("#timeline video")
    await wait_until_played(video)
    await video.evaluate("video => { video.dataset.marked = 'the same'; }")
    keyboard = {"inline_keyboard": [[{"text": "Again", "callback_data": "again"}]]}
    edit = {"chat_id": alex, "message_id": sent["message_id"], "caption": "Take 1, approved"}
    await bot.call("editMessageCaption", **edit, reply_markup=keyboard)
    await expect(bubble(phone_page, "Take 1, approved")).to_contain_text("edited")
    await expect(phone_page.get_by_role("button", name="Again")).to_be_visible()
    await expect(video).to_have_attribute("data-marked", "the same")
    await wait_until_played(video)


async def test_an_edit_puts_a_clip_in_the_place_of_a_photo_and_a_delete_takes_it_away(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    sent = await bot.call("sendPhoto", chat_id=alex, photo=("p.jpg", photographs.jpeg("coffee")), caption="Working")
    await desktop_page.goto(sandbox.url)
    await expect(bubble(desktop_page, "Working").locator("img")).to_be_visible()
    media = {"type": "video", "media": "attach://clip", "caption": "Done", "width": 320, "height": 180, "duration": 6}
    where = {"chat_id": alex, "message_id": sent["message_id"]}
    await bot.call("editMessageMedia", **where, media=media, clip=("clip.mp4", clip()))
    await wait_until_played(bubble(desktop_page, "Done").locator("video"))
    await expect(bubble(desktop_page, "Done").locator("img")).to_have_count(0)
    await bot.call("deleteMessage", **where)
    await expect(bubble(desktop_page, "Done")).to_have_count(0)


async def test_deep_links_start_the_bot_with_their_payload_once(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await desktop_page.goto(f"{sandbox.url}/?bot={USERNAME}&start=ref_7")
    assert (await bot.next("message"))["text"] == "/start ref_7"
    await expect(bubble(desktop_page, "/start ref_7")).to_be_visible()
    await desktop_page.reload()
    await bot.call("sendMessage", chat_id=alex, text=f"Share t.me/{USERNAME}?start=p_9 with friends")
    await desktop_page.get_by_role("link", name="start=p_9").click()
    assert (await bot.next("message"))["text"] == "/start p_9"


async def test_commands_are_offered_by_the_menu_and_while_typing(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await desktop_page.goto(sandbox.url)
    await expect(desktop_page.get_by_label("Menu of commands")).to_be_hidden()
    commands = [{"command": name, "description": f"About {name}"} for name in ("new", "help", "hello")]
    await bot.call("setMyCommands", commands=commands)
    await desktop_page.get_by_label("Menu of commands").click()
    await desktop_page.get_by_role("option", name="/new").click()
    assert (await bot.next("message"))["text"] == "/new"
    await desktop_page.get_by_label("Message", exact=True).press_sequentially("/he")
    await expect(desktop_page.get_by_role("option")).to_have_count(2)
    await desktop_page.keyboard.press("ArrowDown")
    await desktop_page.keyboard.press("Enter")
    assert (await bot.next("message"))["text"] == "/hello"


async def test_the_bots_own_keyboard_speaks_for_the_person(
    phone_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await phone_page.goto(sandbox.url)
    keyboard = {"keyboard": [[{"text": "My clips"}]], "resize_keyboard": True}
    await bot.call("sendMessage", chat_id=alex, text="What now?", reply_markup=keyboard)
    await phone_page.get_by_role("button", name="My clips").click()
    assert (await bot.next("message"))["text"] == "My clips"
    await bot.call("sendMessage", chat_id=alex, text="Bye", reply_markup={"remove_keyboard": True})
    await expect(phone_page.get_by_role("button", name="My clips")).to_have_count(0)


async def test_the_page_recovers_by_itself_when_the_sandbox_restarts(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int, complaints: Complaints
) -> None:
    complaints.expect("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_CONNECTION_RESET")
    await desktop_page.goto(sandbox.url)
    await expect(bubble(desktop_page, "/start")).to_be_visible()
    await settled(desktop_page)  # what it still asks for would be cut off in other ways than are expected
    await sandbox.stop()
    await expect(desktop_page.get_by_text("Connection lost")).to_be_visible()
    await sandbox.start()
    await bot.call("sendMessage", chat_id=alex, text="Back again")
    await expect(bubble(desktop_page, "Back again")).to_be_visible()
    await expect(desktop_page.get_by_text("Connection lost")).to_have_count(0)
    await bot.call("sendMessage", chat_id=alex, text="And live")
    await expect(bubble(desktop_page, "And live")).to_be_visible()


async def test_other_peoples_chats_show_what_is_unread(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    maria = await bot.control("POST", "people", {"first_name": "María", "language_code": "es"})
    await bot.control("POST", f"chats/{BOT_ID}/{maria['id']}/messages", {"text": "hola"})
    await desktop_page.goto(sandbox.url)
    await expect(bubble(desktop_page, "/start")).to_be_visible()
    await settled(desktop_page)
    await bot.call("sendMessage", chat_id=maria["id"], text="Bienvenida")
    # Once her bots are there, the list of people is drawn for the last time.
    async with desktop_page.expect_event("requestfinished", lambda request: "/control/bots?" in request.url):
        await desktop_page.get_by_role("button", name="Become María, 1 unread").click()
    await expect(bubble(desktop_page, "Bienvenida")).to_be_visible()
    await desktop_page.get_by_role("button", name="Become Alex").click()
    await expect(desktop_page.get_by_role("button", name="Become María", exact=True)).to_be_visible()


async def test_a_blocked_bot_can_be_unblocked(
    phone_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await bot.control("POST", f"chats/{BOT_ID}/{alex}/block", {})
    assert (await bot.next("my_chat_member"))["new_chat_member"]["status"] == "kicked"
    await phone_page.goto(sandbox.url)
    await phone_page.get_by_role("button", name="Unblock").click()
    assert (await bot.next("my_chat_member"))["new_chat_member"]["status"] == "member"
    await expect(phone_page.get_by_label("Message", exact=True)).to_be_visible()


async def test_nothing_is_wider_than_a_phone(
    phone_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    wide = "W" * 120
    row = [{"text": f"{wide[:30]} {number}", "callback_data": str(number)} for number in range(4)]
    code = f"<pre>{wide}</pre><code>{wide}</code> https://example.com/{wide}"
    await bot.call("sendMessage", chat_id=alex, text=code, parse_mode="HTML", reply_markup={"inline_keyboard": [row]})
    await bot.call("sendDocument", chat_id=alex, document=(f"{wide}.bin", b"12345"), caption=wide)
    panorama = photographs.jpeg("coffee", size=(1200, 120))
    await bot.call("sendPhoto", chat_id=alex, photo=("p.jpg", panorama), caption=wide)
    await phone_page.goto(sandbox.url)
    await expect(phone_page.locator("#timeline .photo")).to_be_visible()
    for place in ("html", "#scroller", "#dock", "#chat-head"):
        fits = "element => element.scrollWidth <= element.clientWidth"
        assert await phone_page.locator(place).evaluate(fits), place
    edges = "all => all.every((one) => one.getBoundingClientRect().right <= innerWidth)"
    assert await phone_page.locator(".bubble, .key").evaluate_all(edges)
    await phone_page.get_by_label("Back to the chats").click()
    await expect(phone_page.get_by_role("list", name="Chats")).to_be_in_viewport()
    assert await phone_page.locator("html").evaluate("element => element.scrollWidth <= innerWidth")
