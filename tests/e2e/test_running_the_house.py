"""Running the house from the chat: each command of staff × every role × every way to say it, and an owner at work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest
import pytest_asyncio

from conversation.admin.sections import SECTIONS
from conversation.commands import commands as public_commands
from conversation.i18n import Words
from tests.support.crew import Crew, open_crew
from tests.support.doors import COMMANDS, may
from tests.support.person import PATIENCE, Message, Person, eventually, words
from tests.support.photographs import jpeg

pytestmark = pytest.mark.asyncio(loop_scope="module")

NONSENSE, LAST = "/abracadabra", "/help"
LINKS: Final = "SELECT count(*) FROM pack_links WHERE active"
UNSENT: Final = "SELECT count(*) FROM outbox WHERE state = 'waiting'"
DONE_TO_ANA: Final = ["credits_given", "banned", "unbanned", "messaged"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crew(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crew]:
    async with open_crew(tmp_path_factory.mktemp("crew")) as crew:
        yield crew


async def answers(person: Person, *, after: int) -> list[Message]:
    """What the bot said to them since then, when it has come to the end of what they said."""
    await person.say(LAST)
    end = await person.wait_for(lambda one: one["message_id"] > after and "How it works" in words(one))
    return [one for one in await person.bot_messages() if after < one["message_id"] < end["message_id"]]


async def test_each_section_is_a_command_behind_the_door() -> None:
    assert {"admin": None} | {section.command: section.right for section in SECTIONS} == COMMANDS


async def test_telegram_shows_each_role_its_own_commands(crew: Crew) -> None:
    with Words().speaking("en"):
        everybody_s = [one.command for one in public_commands()]
    for role, person in crew.by_role.items():
        shown = await crew.commands(person)
        assert shown[: len(everybody_s)] == everybody_s
        assert sorted(shown[len(everybody_s) :]) == sorted(command for command in COMMANDS if may(role, command)), role


async def test_in_private_each_command_is_there_for_who_may_and_for_nobody_else(crew: Crew) -> None:
    with Words().speaking("en"):
        signs = {section.command: section.label().split()[0] for section in SECTIONS} | {"admin": "🛠"}
    unknown = await _unknown(crew)
    heard = await asyncio.gather(*(_heard_in_private(person) for person in crew.by_role.values()))

    for role, said in zip(crew.by_role, heard, strict=True):
        for command in COMMANDS:
            if may(role, command):
                assert said[command].startswith(signs[command]), f"/{command} as {role}: {said[command]}"
            else:
                assert said[command] == unknown, f"/{command} as {role}"
        opened = [said[command] for command in COMMANDS if may(role, command)]
        assert len(set(opened)) == len(opened), f"two commands show {role} the same"


async def test_in_no_other_way_is_any_there_for_anybody_and_nothing_changes(crew: Crew) -> None:
    unknown, before = await _unknown(crew), await _at_rest(crew)
    group, channel = await crew.olga.gather("supergroup"), await crew.olga.gather("channel", "News")

    roles = crew.by_role
    heard = await asyncio.gather(*(_heard_otherwise(crew, person, group, channel) for person in roles.values()))

    assert heard == [[unknown] * len(COMMANDS)] * len(roles), "what was forwarded is unknown, what was edited nothing"
    await crew.mallory.say_in(group, NONSENSE)
    wanted = 2 * len(COMMANDS) * len(roles) + 1
    in_group = await _bot_said_in(crew, group, wanted)
    assert len(in_group) == wanted
    assert set(in_group) == {"I work in private chats. Write to me: @EchoesTestBot"}
    assert len(await crew.olga.said_in(channel)) == len(COMMANDS) * len(roles), "the bot says nothing in a channel"
    assert await _at_rest(crew) == before


async def _at_rest(crew: Crew) -> dict[str, list[tuple[Any, ...]]]:
    """All that is known once the worker has made its links and written down what it sent, but for its looks.

    It looks at each vendor's list of payments once a minute, whatever anybody says.
    """
    await eventually(lambda: crew.world.rows(LINKS) == [(3,)], "payment links")
    await eventually(lambda: crew.world.rows(UNSENT) == [(0,)], "the end of what is to be sent")
    return {name: rows for name, rows in crew.state().items() if name != "reconciliations"}


async def _unknown(crew: Crew) -> str:
    """What a stranger gets for a command that there is not."""
    before = await crew.mallory.newest()
    await crew.mallory.say(NONSENSE)
    [unknown] = await answers(crew.mallory, after=before)
    return words(unknown)


async def _heard_in_private(person: Person) -> dict[str, str]:
    """The answer to each command; there is one to each."""
    before = await person.newest()
    for command in COMMANDS:
        await person.say(f"/{command}")
    heard = await answers(person, after=before)
    return {command: words(answer) for command, answer in zip(COMMANDS, heard, strict=True)}


async def _heard_otherwise(crew: Crew, person: Person, group: int, channel: int) -> list[str]:
    """What they get in private for all they say there and elsewhere but not simply themselves."""
    draft = await person.say(LAST)
    await person.wait_for(lambda one: one["message_id"] > draft["message_id"])
    before = await person.newest()
    for command in COMMANDS:
        await person.forward(f"/{command}", crew.mallory if person is not crew.mallory else crew.olga)
        await person.edit(draft, f"/{command}")
        await person.say_in(group, f"/{command}")
        await person.say_in(group, f"/{command}@EchoesTestBot", anonymous=True)
        await person.say_in(channel, f"/{command}")
    return [words(one) for one in await answers(person, after=before)]


async def _bot_said_in(crew: Crew, group: int, count: int) -> list[str]:
    """What the bot said in a group, once that is so much."""
    found: list[str] = []
    async with asyncio.timeout(PATIENCE):
        while len(found) < count:
            said = await crew.olga.said_in(group)
            found = [words(one) for one in said if one["from"]["username"] == "EchoesTestBot"]
            await asyncio.sleep(0.05)
    return found


async def test_an_owner_finds_somebody_gives_them_credits_bans_them_forgives_and_writes(crew: Crew) -> None:
    olga, ana = crew.olga, await crew.guest("Ana", username="ana_films")
    await olga.say("/people @Ana_Films")
    card = await olga.hears("Ana @ana_films")
    assert "💳 30 credits" in words(card)

    await olga.tap(card, "Give or take credits")
    await olga.hears("How many credits, and why?")
    await olga.say("5 a clip came out broken")
    question = await olga.hears("Give 5 credits to Ana @ana_films?")
    assert (await credits_of(crew, ana)) == 30
    await olga.tap(question, "✅ Yes")
    assert "35 credits" in words(await ana.hears("The team gave you 5 credits."))
    card = await olga.hears("💳 35 credits")

    await olga.tap(card, "🚫 Ban")
    await olga.tap(await olga.hears("Ban Ana"), "✅ Yes")
    card = await olga.hears("🚫 Banned on")
    told = await ana.newest()
    await ana.say("/credits")
    refused = await ana.wait_for(lambda one: one["message_id"] > told)
    assert "35" not in words(refused)
    await olga.tap(card, "✅ Unban")
    await olga.tap(await olga.hears("Unban Ana"), "✅ Yes")
    await olga.tap(await olga.wait_for(lambda one: "💳 35 credits" in words(one) and "Banned" not in words(one)), "✉️")
    asked = await ana.say("/credits")
    await ana.wait_for(lambda one: "35 credits" in words(one) and one["message_id"] > asked["message_id"])

    await olga.hears("Write what Ana")
    await olga.say("It is repaired: please try again.")
    await olga.tap(await olga.hears("Send this to Ana"), "send it")
    assert "It is repaired: please try again." in words(await ana.hears("From the team"))
    done = "SELECT action FROM audit_log WHERE subject = ? ORDER BY id"
    assert [action for (action,) in crew.world.rows(done, f"user:{crew.number(ana)}")] == DONE_TO_ANA


async def test_an_owner_writes_to_many_takes_it_back_and_reaches_all_but_who_wants_no_news(crew: Crew) -> None:
    olga = crew.olga
    ben, cleo = await crew.guest("Ben"), await crew.guest("Cleo")
    everybody = crew.world.rows("SELECT count(*) FROM users")[0][0] - 1

    card = await sent_to_many(olga, "We make films now", everybody)
    got = [await person.hears("We make films now") for person in (ben, cleo, crew.sue)]
    stopped = await ben.tap(got[0], "No more news")
    assert "No more news from me" in stopped["text"]
    await olga.tap(card, "Delete it everywhere")
    await olga.tap(await olga.hears(f"Delete it in {everybody} chats?"), "Yes, delete it")
    await olga.hears(f"🗑 Deleted: {everybody}")
    for person in (ben, cleo, crew.sue):
        assert not any("We make films now" in words(one) for one in await person.messages())

    await sent_to_many(olga, "And music", everybody - 1)
    await cleo.hears("And music")
    assert not any("And music" in words(one) for one in await ben.messages())


async def sent_to_many(owner: Person, text: str, people: int) -> Message:
    """Returns the message that shows how far it is, at its end."""
    await owner.say("/broadcast")
    await owner.hears("Send me now what they should get")
    await owner.say(text)
    aiming = await owner.hears("Who should get it?")
    assert f"{people} people would get it." in words(aiming)
    await owner.tap(aiming, "Send it…")
    await owner.tap(await owner.hears(f"Send it to {people} people?"), f"Yes, to {people} people")
    await owner.hears(f"✅ Sent: {people}")
    return await owner.sees_button("Delete it everywhere")  # it has ended


async def test_an_owner_sees_how_the_house_does(crew: Crew) -> None:
    asked = await crew.olga.say("/overview")
    shown = await crew.olga.wait_for(lambda one: "photo" in one and one["message_id"] > asked["message_id"])
    people = crew.world.rows("SELECT count(*) FROM users")[0][0]
    assert f"👥 People: {people}" in words(shown)
    async with crew.session.get(crew.world.url + shown["media_url"]) as response:
        today = await response.read()
    await crew.olga.tap(shown, "7 days")
    week = await crew.olga.wait_for(lambda one: one["message_id"] == shown["message_id"] and " to " in words(one))
    async with crew.session.get(crew.world.url + week["media_url"]) as response:
        assert (response.content_type, await response.read() != today) == ("image/jpeg", True)


async def credits_of(crew: Crew, person: Person) -> int:
    held = "SELECT balance FROM accounts WHERE user_id = ? AND kind = 'available'"
    return int(crew.world.rows(held, crew.number(person))[0][0])


async def test_an_owner_sets_what_people_start_with(crew: Crew) -> None:
    olga = crew.olga
    await olga.say("/values")
    await olga.tap(await olga.sees_button("Credits and limits"), "Credits and limits")
    await olga.tap(await olga.sees_button("At the start"), "At the start")
    await olga.tap(await olga.hears("Now: 30 credits"), "Write it")
    await olga.sees_button("‹ Back")
    await olga.say("7")
    await olga.tap(await olga.hears("30 credits → 7 credits"), "Yes, set it")
    field = await olga.hears("Now: 7 credits")

    newcomer = await crew.guest("Dora")
    assert "You have 7 credits." in words(await newcomer.hears("You have"))

    await olga.tap(field, "As the environment says")
    await olga.tap(await olga.hears("7 credits → 30 credits"), "Yes, set it")
    await olga.hears("Now: 30 credits")


async def test_an_owner_pauses_the_work_and_lets_it_go_on(crew: Crew) -> None:
    olga, eve = crew.olga, await crew.guest("Eve")
    crew.world.kill("worker")  # one that begins anew knows of it at once
    await switched(olga, "Pause everything", "Begin nothing new?")
    board = await olga.hears("⏸ Nothing new is begun.")
    await asyncio.to_thread(crew.world.start_worker)

    await eve.send_files(jpeg(), caption="slow zoom in")
    card = await eve.sees_button("Generate")
    await eve.tap(card, "Generate")
    await eve.hears("⏸ Paused for a moment")
    await asyncio.to_thread(crew.world.wait_for_log, "worker", "worker is ready", times=2)
    assert crew.world.rows("SELECT state FROM jobs WHERE user_id = ?", crew.number(eve)) == [("queued",)]

    await switched(olga, "Go on", "Go on? What waits is begun.", board)
    await eve.receives_video(after=card["message_id"])


async def test_an_owner_closes_the_house_and_opens_it_again(crew: Crew) -> None:
    olga, finn = crew.olga, await crew.guest("Finn")
    await switched(olga, "Maintenance", "The house is open.", sure="Write what people shall read")
    await olga.hears("Write what everybody else shall read")
    await olga.say("We paint the walls. Back at noon!")
    await olga.tap(await olga.hears("Close the house to everybody but staff?"), "Yes, close it")
    closed = await olga.hears("The house is closed.")

    await finn.say("/credits")
    await finn.hears("We paint the walls. Back at noon!")
    for person in (crew.sue, olga):
        await person.say("/admin")
        await person.hears("🚧 The house is closed to everybody but staff")

    await olga.tap(closed, "Open the house")
    await olga.tap(await olga.hears("Open the house? Everybody can order"), "✅ Yes")
    await olga.hears("The house is open.")
    await finn.say("/credits")
    await finn.hears("30 credits")


async def switched(
    owner: Person, label: str, question: str, board: Message | None = None, sure: str = "✅ Yes"
) -> None:
    """A switch of /jobs, and the answer to what is asked then."""
    if board is None:
        await owner.say("/jobs")
    await owner.tap(board or await owner.sees_button(label), label)
    await owner.tap(await owner.hears(question), sure)
