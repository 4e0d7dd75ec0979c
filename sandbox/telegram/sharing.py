"""What people send each other: inline results, forwarded messages, words. The bot hears none of it.

The sandbox has no chats between people. What somebody sends to another appears in the other's chat with the bot,
which neither learns of it nor can touch it.
"""

from __future__ import annotations

import asyncio

from sandbox.telegram.actions import Actions, text_content
from sandbox.telegram.errors import ApiError, BadRequest
from sandbox.telegram.forwarding import forwarded
from sandbox.telegram.inline import InlineQuery, Result
from sandbox.telegram.invoices import Invoice
from sandbox.telegram.model import Bot, Chat, Json, Person
from sandbox.telegram.text.parse import TEXT_LIMIT
from sandbox.telegram.world import World

MAX_QUERY = 256
CHAT_TYPES = ("sender", "private", "group", "supergroup", "channel")


class Sharing:
    """One person's dealings with other people, by way of one bot."""

    def __init__(self, world: World, bot: Bot, person: Person) -> None:
        self.world, self.bot, self.person = world, bot, person

    async def ask(self, text: str, offset: str, chat_type: str, seconds: float) -> Json:
        """Put an inline query to the bot; return `{query_id, results, next_offset, button?}`.

        Raises BadRequest if the bot is not in inline mode, ApiError 504 if it is silent for so long.
        """
        if not self.bot.inline:
            raise BadRequest("the bot is not in inline mode")
        if len(text) > MAX_QUERY:
            raise BadRequest(f"the query is too long: {MAX_QUERY} characters are allowed")
        query = self.world.inline.ask(self.bot.id, self.person.id, text, offset)
        if not query.answer.done():
            payload = {"id": query.id, "from": self.person.user(), "query": text, "offset": offset}
            source = f"inline/{self.person.id}"
            self.world.notify(self.bot, "inline_query", payload | {"chat_type": chat_type}, source)
        try:
            async with asyncio.timeout(seconds):
                answer = await asyncio.shield(query.answer)
        except TimeoutError:
            raise ApiError(504, "the bot did not answer") from None
        shown: Json = {"query_id": query.id, "results": [result.listed for result in answer.results]}
        shown["next_offset"] = answer.next_offset
        return shown | ({"button": answer.button} if answer.button else {})

    def send_result(self, query_id: str, result_id: str, to: Person) -> Json:
        """Send a result to somebody, as a message from here by way of the bot."""
        found = self.world.inline.result(self.bot.id, self.person.id, query_id, result_id)
        if found is None:
            raise BadRequest("there is no such result, or it is forgotten")
        query, result = found
        chat, message = self._deliver(to, result.content | {"via_bot": self.bot.user()})
        self._report(query, result, chat, message)
        return message

    def _report(self, query: InlineQuery, result: Result, chat: Chat, message: Json) -> None:
        """Name a message that has buttons, and tell the bot of the choice if its owner wants to know."""
        named = "reply_markup" in message
        inline_id = self.world.inline.enter(chat, message["message_id"]) if named else None
        if not self.bot.inline_feedback:
            return
        payload = {"result_id": result.id, "from": self.person.user(), "query": query.text}
        payload |= {"inline_message_id": inline_id} if inline_id else {}
        self.world.notify(self.bot, "chosen_inline_result", payload, f"inline/{self.person.id}")

    def forward(self, message_id: int, to: Person) -> Json:
        """Send a message of the chat on to somebody."""
        chat = self.world.chats.get(self.bot.id, self.person.id)
        message = self.world.chats.message(chat, message_id) if chat else None
        if chat is None or message is None:
            raise BadRequest("there is no such message")
        content, invoice = forwarded(self.world, self.bot, chat, message)
        return self._deliver(to, content, invoice)[1]

    def say(self, text: str, to: Person) -> Json:
        """Write to somebody."""
        return self._deliver(to, text_content(text, "text", TEXT_LIMIT))[1]

    def _deliver(self, to: Person, content: Json, invoice: Invoice | None = None) -> tuple[Chat, Json]:
        if to.id == self.person.id:  # into one's own chat with the bot, which is meant to hear it
            return self.world.chats.opened(self.bot, to), Actions(self.world, self.bot, to).send(content)
        chat = self.world.chats.shown_to(self.bot, to)
        message = self.world.begin_message(chat, self.person.user()) | content
        if invoice is not None:
            self.world.invoices.place(chat, message["message_id"], invoice)
        return chat, self.world.post(chat, message)
