"""Who is on this machine's Telegram: people and bots."""

from __future__ import annotations

import colorsys
import random
from collections.abc import Iterator
from dataclasses import asdict

from sandbox.store import Counter, Store
from sandbox.telegram.model import Bot, Json, Person


class People:
    """All people. Whoever is deleted stays known as somebody who cannot be written to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._people = {body["id"]: Person(**body) for body in store.load("person")}
        self._counter = Counter(store, "people", start=random.randrange(10**8, 10**9))  # noqa: S311  # ids look real

    def __iter__(self) -> Iterator[Person]:
        return (person for person in self._people.values() if not person.deleted)

    def add(self, names: Json) -> Person:
        """Create a person from `first_name` and whatever else is known."""
        number = self._counter.next()
        return self.save(Person(number, color=_color(number), **names))

    def get(self, person_id: int) -> Person | None:
        """Return a person, deleted ones too."""
        return self._people.get(person_id)

    def save(self, person: Person) -> Person:
        """Write down what changed about a person."""
        self._people[person.id] = person
        self._store.put("person", person.id, asdict(person))
        return person

    def clear(self) -> None:
        """Forget everybody."""
        self._people.clear()
        self._store.clear("person")


class Bots:
    """All bots, by id and by token."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._bots = {body["id"]: Bot(**body) for body in store.load("bot")}

    def __iter__(self) -> Iterator[Bot]:
        return iter(self._bots.values())

    def register(self, token: str, username: str, name: str) -> Bot:
        """Make a bot known; again with the same token only renames it. Raises ValueError for an impossible token."""
        number, _, secret = token.partition(":")
        if not (number.isdecimal() and secret):
            raise ValueError("a bot token is a number, a colon and a secret")
        bot = self._bots.get(int(number)) or Bot(int(number), token, username, name)
        bot.token, bot.username, bot.name = token, username, name
        return self.save(bot)

    def get(self, bot_id: int) -> Bot | None:
        """Return a bot by id."""
        return self._bots.get(bot_id)

    def by_token(self, token: str) -> Bot | None:
        """Return the bot with this token."""
        return next((bot for bot in self if bot.token == token), None)

    def save(self, bot: Bot) -> Bot:
        """Write down what changed about a bot."""
        self._bots[bot.id] = bot
        self._store.put("bot", bot.id, asdict(bot))
        return bot


def _color(number: int) -> str:
    """Return a calm colour, by the golden ratio so that neighbours differ."""
    red, green, blue = colorsys.hls_to_rgb(number * 0.618033988 % 1, 0.5, 0.45)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
