"""A house with the people who run it, each of whom got their role as they do in life, and one who would like to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import aiohttp

from services.staff.rights import Role
from storage.tables import Base
from tests.support.nursery import BURST
from tests.support.person import Person, words
from tests.support.world import BOT_ID, HASTY, World

WORKING: Final = {"inbox", "leases", "vendors"}
"""Tables that change when anything is heard, or by themselves."""
UNLIMITED: Final = {"chat_per_second": 1e6, "burst": 1e6, "global_per_second": 1e6}
"""Telegram's flood limits where one person says in a second what takes others a day. The bot's own are as wide."""


@dataclass
class Crew:
    """The first of all people stands in the settings, two were appointed by her, the fourth has only her name."""

    world: World
    session: aiohttp.ClientSession
    people: list[Person]

    def __post_init__(self) -> None:
        self.olga, self.adam, self.sue, self.mallory = self.people

    @property
    def by_role(self) -> dict[Role | None, Person]:
        return {Role.OWNER: self.olga, Role.ADMIN: self.adam, Role.SUPPORT: self.sue, None: self.mallory}

    async def guest(self, name: str, language: str = "en", **more: str) -> Person:
        """Somebody new, who has pressed Start."""
        person = await Person.arrive(self.session, self.world.url, BOT_ID, name, language, **more)
        self.people.append(person)
        await person.say("/start")
        await person.wait_for(lambda _message: True)
        return person

    def number(self, person: Person) -> int:
        """Ours for them."""
        return int(self.world.rows("SELECT id FROM users WHERE telegram_id = ?", person.id)[0][0])

    def state(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that is known, but for what hearing anything at all changes."""
        tables = [table.name for table in Base.metadata.sorted_tables if table.name not in WORKING]
        return {name: self.world.rows(f"SELECT * FROM {name}") for name in tables}  # noqa: S608 - names of ours

    async def commands(self, person: Person) -> list[str]:
        """What Telegram's menu shows them."""
        async with self.session.get(f"{self.world.url}/control/bots?language=en&person={person.id}") as response:
            return [one["command"] for one in (await response.json())[0]["commands"]]


@asynccontextmanager
async def open_crew(folder: Path, **overrides: str) -> AsyncIterator[Crew]:
    """Olga's account is there before the house is, whose settings name it."""
    world = World(folder, overrides=HASTY | {BURST: "1000000"} | overrides)
    people: list[Person] = []
    async with aiohttp.ClientSession() as session:
        try:
            await asyncio.to_thread(world.start_sandbox)
            async with session.post(f"{world.url}/control/limits", json=UNLIMITED) as response:
                assert response.status == 200, await response.text()
            for name, username in (("Olga", "olga"), ("Adam", "adam"), ("Sue", "sue"), ("Olga", "0lga")):
                people.append(await Person.arrive(session, world.url, BOT_ID, name, username=username))
            world.overrides["ADMIN_IDS"] = str(people[0].id)
            await asyncio.to_thread(world.start_product)
            crew = Crew(world, session, people)
            await _begin(crew)
            yield crew
        finally:
            for person in people:
                await person.leave()
            await asyncio.to_thread(world.stop)


async def _begin(crew: Crew) -> None:
    for person in crew.by_role.values():
        await person.say("/start")
    for person in crew.by_role.values():
        await person.wait_for(lambda _message: True)
    await _appoint(crew.olga, crew.adam, "@adam", "admin")
    await _appoint(crew.olga, crew.sue, str(crew.sue.id), "support")


async def _appoint(owner: Person, member: Person, reference: str, role: str) -> None:
    await owner.say(f"/staff {reference}")
    await owner.tap(await owner.hears("Now: no role"), f"Make {role}")
    await owner.tap(await owner.sees_button("✅ Yes"), "✅ Yes")
    await owner.wait_for(lambda one: words(one).endswith(f"Now: {role}"))
    await member.hears(f"You help to run this bot now, as {role}.")
