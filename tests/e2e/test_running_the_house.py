"""Every command of staff × every role × every way to say it, in a house that really runs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Final

import pytest
import pytest_asyncio
from aiogram import Router
from aiogram.filters import Command

from conversation.admin.sections import SECTIONS
from conversation.commands import commands as public_commands
from conversation.i18n import Words
from handlers import admin
from handlers.admin.door import Staff
from services.staff.rights import RIGHTS, Right, Role
from tests.support.crew import Crew, open_crew
from tests.support.person import Message, Person, words

pytestmark = pytest.mark.asyncio(loop_scope="module")

NONSENSE, LAST = "/abracadabra", "/help"


def _behind_the_door(router: Router) -> Iterator[tuple[str, Right | None]]:
    """The commands that ask for a role, with the right each demands (None: any role)."""
    for handler in router.message.handlers:
        filters = [one.callback for one in handler.filters or []]
        named = [name for one in filters if isinstance(one, Command) for name in one.commands]
        rights = [one._right for one in filters if isinstance(one, Staff)]
        yield from ((str(name), right) for name in named for right in rights)
    for inner in router.sub_routers:
        yield from _behind_the_door(inner)


COMMANDS: Final[dict[str, Right | None]] = dict(_behind_the_door(admin.router()))


def may(role: Role | None, right: Right | None) -> bool:
    return role is not None and (right is None or right in RIGHTS[role])


def of(role: Role | None) -> list[str]:
    return [name for name, right in COMMANDS.items() if may(role, right)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def crew(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crew]:
    async with open_crew(tmp_path_factory.mktemp("crew")) as crew:
        yield crew


async def answers(person: Person, *, after: int) -> list[Message]:
    """What the bot said to them since then, when it has come to the end of what they said."""
    await person.say(LAST)
    end = await person.wait_for(lambda one: one["message_id"] > after and "How it works" in words(one))
    return [one for one in await person.bot_messages() if after < one["message_id"] < end["message_id"]]


async def newest(person: Person) -> int:
    return max(int(message["message_id"]) for message in await person.messages())


async def test_each_section_is_a_command_behind_the_door() -> None:
    assert {"admin": None} | {section.command: section.right for section in SECTIONS} == COMMANDS


async def test_telegram_shows_each_role_its_own_commands(crew: Crew) -> None:
    with Words().speaking("en"):
        everybody_s = [one.command for one in public_commands()]
    for role, person in crew.by_role.items():
        shown = await crew.commands(person)
        assert shown[: len(everybody_s)] == everybody_s
        assert sorted(shown[len(everybody_s) :]) == sorted(of(role)), role


async def test_in_private_each_command_is_there_for_who_may_and_for_nobody_else(crew: Crew) -> None:
    with Words().speaking("en"):
        signs = {section.command: section.label().split()[0] for section in SECTIONS} | {"admin": "🛠"}
    unknown = await _unknown(crew)
    heard = await asyncio.gather(*(_heard_in_private(person) for person in crew.by_role.values()))

    for role, said in zip(crew.by_role, heard, strict=True):
        for command, right in COMMANDS.items():
            if may(role, right):
                assert said[command].startswith(signs[command]), f"/{command} as {role}: {said[command]}"
            else:
                assert said[command] == unknown, f"/{command} as {role}"
        opened = [said[command] for command in of(role)]
        assert len(set(opened)) == len(opened), f"two commands show {role} the same"


async def test_in_no_other_way_is_any_there_for_anybody_and_nothing_changes(crew: Crew) -> None:
    unknown, before = await _unknown(crew), crew.state()
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
    assert crew.state() == before


async def _unknown(crew: Crew) -> str:
    """What a stranger gets for a command that there is not."""
    before = await newest(crew.mallory)
    await crew.mallory.say(NONSENSE)
    [unknown] = await answers(crew.mallory, after=before)
    return words(unknown)


async def _heard_in_private(person: Person) -> dict[str, str]:
    """The answer to each command; there is one to each."""
    before = await newest(person)
    for command in COMMANDS:
        await person.say(f"/{command}")
    heard = await answers(person, after=before)
    return {command: words(answer) for command, answer in zip(COMMANDS, heard, strict=True)}


async def _heard_otherwise(crew: Crew, person: Person, group: int, channel: int) -> list[str]:
    """What they get in private for all they say there and elsewhere but not simply themselves."""
    draft = await person.say(LAST)
    await person.wait_for(lambda one: one["message_id"] > draft["message_id"])
    before = await newest(person)
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
    async with asyncio.timeout(30):
        while len(found) < count:
            said = await crew.olga.said_in(group)
            found = [words(one) for one in said if one["from"]["username"] == "EchoesTestBot"]
            await asyncio.sleep(0.05)
    return found
