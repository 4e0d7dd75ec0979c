"""What else a person can do on the chat page: answer, correct, become somebody else; and the developer's drawer."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import Complaints
from tests.browser.scripted import BOT_ID, SandboxProcess, ScriptedBot
from tests.browser.test_chat_page import bubble, choose, photo, settled

pytestmark = pytest.mark.browser

PASTE = """() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(["some notes"], "notes.txt", {type: "text/plain"}));
    window.dispatchEvent(new ClipboardEvent("paste", {clipboardData: transfer, bubbles: true, cancelable: true}));
}"""


async def write(page: Page, text: str) -> None:
    await page.get_by_label("Message", exact=True).fill(text)
    await page.keyboard.press("Enter")


async def test_an_answer_quotes_the_message_and_leads_back_to_it(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    question = await bot.call("sendMessage", chat_id=alex, text="Which photo?")
    for number in range(30):
        await bot.call("sendMessage", chat_id=alex, text=f"Photo {number}")
    await desktop_page.goto(sandbox.url)
    await bubble(desktop_page, "Which photo?").click(button="right")
    await desktop_page.get_by_role("menuitem", name="Reply").click()
    await write(desktop_page, "The last one")
    assert (await bot.next("message"))["reply_to_message"]["message_id"] == question["message_id"]
    original = desktop_page.locator(".words", has_text="Which photo?")
    await expect(original).not_to_be_in_viewport()
    await desktop_page.get_by_label("Reply to: Which photo?").click()
    await expect(original).to_be_in_viewport()
    await desktop_page.get_by_label("To the newest message").click()
    await expect(bubble(desktop_page, "The last one")).to_be_in_viewport()


async def test_the_arrow_key_corrects_what_was_said_last(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await desktop_page.goto(sandbox.url)
    await write(desktop_page, "slow zoon")
    await bot.next("message")
    await expect(bubble(desktop_page, "slow zoon")).to_be_visible()
    await desktop_page.keyboard.press("ArrowUp")
    await write(desktop_page, "slow zoom")
    assert (await bot.next("edited_message"))["text"] == "slow zoom"
    await expect(bubble(desktop_page, "slow zoom")).to_contain_text("edited")


async def test_a_pasted_file_is_offered_and_can_be_declined(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await desktop_page.goto(sandbox.url)
    await expect(bubble(desktop_page, "/start")).to_be_visible()
    await desktop_page.evaluate(PASTE)
    await desktop_page.keyboard.press("Escape")
    await expect(desktop_page.get_by_role("dialog")).to_have_count(0)
    await desktop_page.evaluate(PASTE)
    await desktop_page.keyboard.press("Enter")
    assert (await bot.next("message"))["document"]["file_name"] == "notes.txt"


async def test_a_file_the_sandbox_refuses_is_explained(
    phone_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int, complaints: Complaints
) -> None:
    complaints.expect("404")
    await phone_page.goto(sandbox.url)
    sheet = await choose(phone_page, photo())
    await bot.control("DELETE", f"people/{alex}")
    await sheet.get_by_role("button", name="Send", exact=True).click()
    await expect(phone_page.locator(".toast.error")).to_have_text("there is no such person")
    await expect(phone_page.locator("#pending .row")).to_have_count(0)


async def test_a_new_person_speaks_another_language(
    phone_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await bot.call("setMyDescription", description="Doy vida a las fotos", language_code="es")
    await phone_page.goto(sandbox.url)
    await settled(phone_page)
    await phone_page.get_by_label("Back to the chats").click()
    await phone_page.get_by_label("Add a person").click()
    await phone_page.get_by_label("First name").fill("María")
    await phone_page.get_by_text("Español").click()
    await phone_page.get_by_role("button", name="Add", exact=True).click()
    await expect(phone_page.get_by_role("button", name="You are María, press to change")).to_be_visible()
    await phone_page.get_by_role("list", name="Chats").get_by_role("button").click()
    await expect(phone_page.get_by_text("Doy vida a las fotos")).to_be_visible()
    await phone_page.get_by_role("button", name="Start", exact=True).click()
    assert (await bot.next("message"))["from"]["language_code"] == "es"


async def test_a_press_counts_though_something_is_said_before_the_finger_lifts(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    maria = (await bot.control("POST", "people", {"first_name": "María"}))["id"]
    await bot.control("POST", f"chats/{BOT_ID}/{maria}/messages", {"text": "hola"})
    await desktop_page.goto(sandbox.url)
    await settled(desktop_page)
    await desktop_page.get_by_role("button", name="Become María").hover()
    await desktop_page.mouse.down()
    await bot.call("sendMessage", chat_id=maria, text="Bienvenida")
    await expect(desktop_page.get_by_role("button", name="Become María, 1 unread")).to_be_focused()
    await desktop_page.mouse.up()
    await expect(desktop_page.get_by_role("button", name="You are María, press to change")).to_be_visible()
    await expect(bubble(desktop_page, "Bienvenida")).to_be_visible()

    preview = desktop_page.locator("#chats").get_by_text("Bienvenida")
    await preview.hover()
    await desktop_page.mouse.down()
    await bot.call("sendMessage", chat_id=maria, text="¿Qué tal?")
    await expect(desktop_page.locator("#chats").get_by_text("¿Qué tal?")).to_be_visible()
    async with desktop_page.expect_request(f"**/control/chats/{BOT_ID}/{maria}"):
        await desktop_page.mouse.up()


async def test_an_older_answer_takes_no_message_away(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await desktop_page.goto(sandbox.url)
    await settled(desktop_page)
    asked: asyncio.Queue[Route] = asyncio.Queue()
    await desktop_page.route(f"**/control/chats/{BOT_ID}/{alex}", asked.put)
    chat = desktop_page.get_by_role("list", name="Chats").get_by_role("button")
    await chat.dblclick()
    first, second = await asked.get(), await asked.get()
    without = await second.fetch()
    async with desktop_page.expect_event("requestfinished"):
        await first.continue_()
    await bot.call("sendMessage", chat_id=alex, text="Meanwhile")
    await expect(chat).to_contain_text("Meanwhile")
    await chat.focus()
    await second.fulfill(response=without)
    await expect(desktop_page.get_by_label("Message", exact=True)).to_be_focused()  # as it is once a chat is shown
    await expect(bubble(desktop_page, "Meanwhile")).to_be_visible()


async def test_the_drawer_switches_faults_and_lists_calls(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await bot.call("sendMessage", chat_id=alex, text="Hello")
    await desktop_page.goto(sandbox.url)
    await desktop_page.get_by_label("Developer tools").first.click()
    await expect(desktop_page.locator(".call", has_text="sendMessage").first).to_be_visible()
    switch = desktop_page.get_by_role("switch", name="Slow answers")
    async with desktop_page.expect_response("**/control/faults"):
        await switch.check()
    assert [one["kind"] for one in await bot.control("GET", "faults")] == ["latency"]
    async with desktop_page.expect_response(lambda answer: answer.request.method == "DELETE"):
        await switch.uncheck()
    assert await bot.control("GET", "faults") == []


async def test_a_studio_is_chosen_and_its_vendor_set(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot
) -> None:
    studios = ["local", "runway", "runpod", "modal"]
    await bot.control("PUT", "studio", {"studios": studios, "active": "local"})
    await desktop_page.goto(sandbox.url)
    await desktop_page.get_by_label("Developer tools").first.click()
    await desktop_page.get_by_role("radio", name="RunPod").check()
    await expect(desktop_page.get_by_text("the bot starts anew …")).to_be_visible()
    assert (await bot.control("GET", "studio"))["chosen"] == "runpod"
    await bot.control("PUT", "studio", {"studios": studios, "active": "runpod"})
    await expect(desktop_page.get_by_text("RunPod makes the clips now")).to_be_visible()

    bench = desktop_page.locator(".workbench").nth(1)
    await bench.get_by_text("Speed and faults").click()
    async with desktop_page.expect_response("**/control/vendors/runpod"):
        await bench.get_by_text("1 min", exact=True).click()
    await bench.get_by_role("switch", name="Does not call").check()
    await bench.get_by_role("switch", name="Closed").check()
    await expect(bench.get_by_text("2 faults")).to_be_visible()
    [runpod] = [one for one in await bot.control("GET", "vendors") if one["name"] == "runpod"]
    assert (runpod["up"], runpod["render_seconds"]) == (False, 60)
    assert [(one["kind"], one["vendor"]) for one in await bot.control("GET", "vendors/faults")] == [
        ("lose_webhook", "runpod")
    ]

    await bench.get_by_role("switch", name="Does not call").uncheck()
    await expect(bench.get_by_text("1 fault")).to_be_visible()
    assert await bot.control("GET", "vendors/faults") == []


async def test_a_reset_makes_everybody_a_newcomer_again(
    desktop_page: Page, sandbox: SandboxProcess, bot: ScriptedBot, alex: int
) -> None:
    await desktop_page.goto(sandbox.url)
    await expect(bubble(desktop_page, "/start")).to_be_visible()
    await desktop_page.get_by_label("Developer tools").first.click()
    await desktop_page.get_by_role("button", name="Reset everything").click()
    await desktop_page.get_by_role("button", name="Reset", exact=True).click()
    await expect(desktop_page.get_by_role("button", name="Start", exact=True)).to_be_visible()
    await expect(bubble(desktop_page, "/start")).to_have_count(0)
    people = await bot.control("GET", "people")
    assert [one["first_name"] for one in people] == ["Alex"]
    assert (await bot.control("GET", f"chats/{BOT_ID}/{people[0]['id']}"))["messages"] == []
