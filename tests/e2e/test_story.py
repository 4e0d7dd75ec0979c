"""The main job from outside: a photo becomes an approved clip. Everything real but Telegram itself."""

from __future__ import annotations

import io
from collections.abc import Iterator

import aiohttp
import av
import pytest

from tests.e2e.conftest import Arrive
from tests.support.person import Message, Person, buttons, eventually, words
from tests.support.photographs import jpeg
from tests.support.world import World, running

LANGUAGES = {"en": ("Generate", "Approve"), "es": ("Generar", "Aprobar"), "ru": ("Создать", "Одобрить")}


@pytest.fixture(scope="module")
def unhurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world whose clips are what people get, and take as long."""
    with running(tmp_path_factory.mktemp("unhurried")) as world:
        yield world


async def drafted(person: Person, prompt: str = "slow zoom in", *, photo: bytes | None = None) -> Message:
    await person.send_files(photo or jpeg(), caption=prompt)
    return await person.sees_button("Generate")


async def generated(person: Person, card: Message) -> Message:
    await person.tap(card, "Generate")
    return await person.receives_video(after=card["message_id"])


async def download(session: aiohttp.ClientSession, world: World, message: Message) -> bytes:
    async with session.get(f"{world.url}{message['media_url']}") as response:
        assert response.status == 200
        return await response.read()


async def test_a_photo_becomes_an_approved_clip(
    unhurried: World, arrive: Arrive, session: aiohttp.ClientSession
) -> None:
    alice = await arrive(unhurried)
    await alice.say("/start")
    await alice.hears("Alice")
    card = await drafted(alice)
    assert "slow zoom in" in words(card)
    video = await generated(alice, card)
    assert (video["video"]["width"], video["video"]["height"]) == (1280, 720)
    assert video["video"]["duration"] == 5
    assert video["video"]["thumbnail"]["width"] <= 320
    with av.open(io.BytesIO(await download(session, unhurried, video)), "r") as container:
        stream = container.streams.video[0]
        assert (stream.codec_context.name, stream.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert len(list(container.decode(stream))) == 5 * 24
    await alice.tap(video, "Approve")
    approved = await alice.wait_for(lambda one: "video" in one and "✓" in words(one))
    assert approved["message_id"] == video["message_id"]
    await alice.say("/projects")
    projects = await alice.hears("Your projects")
    assert any("1" in label for label, _ in buttons(projects))


async def test_the_card_shows_how_the_work_goes_and_ends_without_buttons(unhurried: World, arrive: Arrive) -> None:
    alice = await arrive(unhurried)
    card = await drafted(alice)
    video = await generated(alice, card)
    # What was edited is told apart from what the chat shows, and may be heard a moment later.
    await eventually(lambda: [text for text in shown(alice, card) if "▰" in text or "%" in text], "progress")
    ended = await alice.wait_for(lambda one: one["message_id"] == card["message_id"] and not buttons(one))
    assert ended["message_id"] < video["message_id"]


def shown(person: Person, card: Message) -> list[str]:
    """What was to be read on a card, one after the other."""
    return [words(edit) for edit in person.edits if edit["message_id"] == card["message_id"]]


async def test_only_one_message_changes_while_a_clip_is_made(alice: Person) -> None:
    card = await drafted(alice)
    before = len(await alice.bot_messages())
    await generated(alice, card)
    assert len(await alice.bot_messages()) == before + 1


async def test_text_while_a_draft_is_open_is_its_prompt(alice: Person) -> None:
    await alice.send_files(jpeg("coffee"))
    card = await alice.sees_button("Generate")
    await alice.say("steam rises & the <light> leaks")
    edited = await alice.hears("steam rises & the <light> leaks")
    assert edited["message_id"] == card["message_id"]


async def test_the_card_changes_length_and_price_in_place(alice: Person) -> None:
    card = await drafted(alice)
    price = next(label for label, _ in buttons(card) if "Generate" in label)
    await alice.tap(card, "10 s")
    longer = await alice.wait_for(lambda one: any("Generate" in label and label != price for label, _ in buttons(one)))
    assert longer["message_id"] == card["message_id"]


async def test_a_photo_sent_as_file_with_rotation_comes_out_upright(
    world: World, alice: Person, session: aiohttp.ClientSession
) -> None:
    sideways = jpeg("coffee", orientation=6)
    await alice.send_files(sideways, caption="breathing", as_="document")
    card = await alice.sees_button("Generate")
    video = await generated(alice, card)
    assert (video["video"]["width"], video["video"]["height"]) == (720, 1280)


async def test_a_refused_photo_gets_one_sentence_and_costs_nothing(world: World, alice: Person) -> None:
    await alice.send_files(jpeg()[:2000], as_="document")
    refusal = await alice.wait_for(lambda one: "text" in one)
    assert words(refusal)
    assert world.rows(
        "SELECT count(*) FROM drafts d JOIN users u ON u.id = d.user_id WHERE u.telegram_id = ?", alice.id
    ) == [(0,)]


async def test_cancelling_gives_the_credits_back_and_the_draft_stays(unhurried: World, arrive: Arrive) -> None:
    alice = await arrive(unhurried)
    card = await drafted(alice)
    await alice.tap(card, "10 s")
    card = await alice.sees_button("2 credits")
    await alice.tap(card, "Generate")
    working = await alice.sees_button("Cancel")
    await alice.tap(working, "Cancel")
    again = await alice.sees_button("Generate")
    assert again["message_id"] == card["message_id"]
    held = "SELECT a.balance FROM accounts a JOIN users u ON u.id = a.user_id WHERE u.telegram_id = ? AND a.kind = ?"
    await eventually(lambda: unhurried.rows(held, alice.id, "held") == [(0,)], "the release")
    assert unhurried.rows(held, alice.id, "available") == [(30,)]


async def test_again_makes_another_take_and_the_other_one_can_be_approved(world: World, alice: Person) -> None:
    first = await generated(alice, await drafted(alice))
    await alice.tap(first, "Again")
    second = await alice.receives_video(after=first["message_id"])
    await alice.tap(first, "Approve")
    await alice.wait_for(lambda one: one["message_id"] == first["message_id"] and "✓" in words(one))
    await alice.tap(second, "Approve")
    await alice.wait_for(lambda one: one["message_id"] == second["message_id"] and "✓" in words(one))
    clips = world.rows(
        "SELECT c.position, t.number FROM clips c JOIN takes t ON t.id = c.take_id"
        " JOIN users u ON u.id = t.user_id WHERE u.telegram_id = ?",
        alice.id,
    )
    assert clips == [(1, 2)]


async def test_a_project_can_be_named_and_sends_its_clips_in_order(alice: Person) -> None:
    videos = []
    for prompt in ("pan left", "pan right"):
        videos.append(await generated(alice, await drafted(alice, prompt)))
        await alice.tap(videos[-1], "Approve")
    naming = await alice.sees_button("Name")
    await alice.tap(naming, "Name")
    await alice.say("Summer <1998>")
    await alice.hears("Summer <1998>")
    await alice.say("/projects")
    projects = await alice.wait_for(lambda one: any("Summer" in label for label, _ in buttons(one)))
    await alice.tap(projects, "Summer")
    project = await alice.wait_for(
        lambda one: "Summer" in words(one) and any("Play the clips" in text for text, _ in buttons(one))
    )
    before = max(one["message_id"] for one in await alice.bot_messages())
    await alice.tap(project, "Play the clips")
    sent = [one["video"]["file_unique_id"] for one in await alice.videos(after=before, count=2)]
    assert sent == [video["video"]["file_unique_id"] for video in videos]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_bot_speaks_the_language_of_their_telegram(world: World, arrive: Arrive, language: str) -> None:
    generate, approve = LANGUAGES[language]
    person = await arrive(world, "Vera", language)
    await person.send_files(jpeg(), caption="zoom")
    card = await person.sees_button(generate)
    await person.tap(card, generate)
    video = await person.receives_video()
    assert any(approve in label for label, _ in buttons(video))
