"""Groups and channels: what a bot hears there, and from whom it seems to come. aiogram reads all of it."""

from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import Update

from tests.sandbox.driver import Json, Person, Sandbox


class Place:
    """A group or channel that Alice made."""

    def __init__(self, person: Person, about: Json) -> None:
        self.person, self.about, self.id = person, about, int(about["id"])

    @classmethod
    async def made_by(cls, person: Person, kind: str) -> Place:
        return cls(person, await person.sandbox.control("POST", f"{person.path}/groups", {"title": "X", "type": kind}))

    async def hears(self, text: str, by: Person | None = None, status: int = 200, **more: Any) -> Json:
        """Somebody says something there."""
        path = f"{(by or self.person).path}/groups/{self.id}/messages"
        return dict(await self.person.sandbox.control("POST", path, {"text": text} | more, status=status))

    async def edits(self, said: Json, text: str, by: Person | None = None, status: int = 200) -> Json:
        path, message_id = f"{(by or self.person).path}/groups/{self.id}/edits", said["messages"][0]["message_id"]
        wanted = {"message_id": message_id, "text": text}
        return dict(await self.person.sandbox.control("POST", path, wanted, status=status))

    async def texts(self) -> list[str]:
        shown = await self.person.sandbox.control("GET", f"{self.person.path}/groups/{self.id}")
        return [message["text"] for message in shown["messages"]]


async def heard(sandbox: Sandbox) -> list[Update]:
    return [Update.model_validate(update) for update in await sandbox.updates()]


@pytest.mark.parametrize(
    ("kind", "status"), [("group", "member"), ("supergroup", "member"), ("channel", "administrator")]
)
async def test_a_bot_is_told_where_it_was_added(sandbox: Sandbox, alice: Person, kind: str, status: str) -> None:
    place = await Place.made_by(alice, kind)
    [update] = await heard(sandbox)
    assert update.my_chat_member is not None
    assert update.my_chat_member.chat.type == kind
    assert update.my_chat_member.new_chat_member.status == status
    assert str(place.id).startswith("-100") == (kind != "group")
    assert (await sandbox.ok("getChat", chat_id=place.id))["title"] == "X"


async def test_of_a_group_a_bot_hears_commands_unless_they_are_another_bot_s(sandbox: Sandbox, alice: Person) -> None:
    place, bob = await Place.made_by(alice, "group"), await sandbox.person("Bob")
    for text in ("hello", "/admin@other_bot", "/admin@Echo_bot", "/admin now"):
        await place.hears(text, bob)
    _added, *updates = await heard(sandbox)
    messages = [update.message for update in updates if update.message]
    assert [message.text for message in messages] == ["/admin@Echo_bot", "/admin now"]
    assert {(message.chat.id, message.from_user.id) for message in messages if message.from_user} == {
        (place.id, bob.id)
    }
    assert not any(message.sender_chat for message in messages)


async def test_an_anonymous_admin_is_somebody_else_on_behalf_of_the_group(sandbox: Sandbox, alice: Person) -> None:
    place = await Place.made_by(alice, "supergroup")
    await place.hears("/admin", anonymous=True)
    message = (await heard(sandbox))[-1].message
    assert message is not None
    assert message.from_user is not None
    assert message.from_user.username == "GroupAnonymousBot"
    assert message.sender_chat is not None
    assert message.sender_chat.id == message.chat.id == place.id


async def test_a_channel_post_is_from_nobody(sandbox: Sandbox, alice: Person) -> None:
    place = await Place.made_by(alice, "channel")
    said = await place.hears("hello")
    await place.edits(said, "/admin")
    _added, posted, edited = await heard(sandbox)
    assert posted.channel_post is not None
    assert edited.edited_channel_post is not None
    assert (posted.channel_post.from_user, posted.channel_post.text) == (None, "hello")
    assert (edited.edited_channel_post.edit_date is not None, edited.edited_channel_post.text) == (True, "/admin")


async def test_what_was_said_in_a_group_is_edited_by_who_said_it(sandbox: Sandbox, alice: Person) -> None:
    place, bob = await Place.made_by(alice, "group"), await sandbox.person("Bob")
    said = await place.hears("/hello", bob)
    await place.edits(said, "/bye", bob)
    edited = (await heard(sandbox))[-1].edited_message
    assert edited is not None
    assert edited.text == "/bye"
    assert await place.edits(said, "/no", alice, status=400) == {"error": "only own messages can be edited"}


async def test_a_bot_answers_in_a_group_and_not_in_a_channel(sandbox: Sandbox, alice: Person) -> None:
    group, channel = await Place.made_by(alice, "group"), await Place.made_by(alice, "channel")
    said = await group.hears("/hello")
    reply = {"message_id": said["messages"][0]["message_id"]}
    answer = await sandbox.ok("sendMessage", chat_id=group.id, text="Hello", reply_parameters=reply)
    assert answer["chat"] == group.about
    assert await group.texts() == ["/hello", "Hello"]
    refusal = await sandbox.refusal("sendMessage", chat_id=channel.id, text="Hello")
    assert refusal == "Bad Request: need administrator rights in the channel chat"


async def test_in_a_group_nobody_is_anonymous(sandbox: Sandbox, alice: Person) -> None:
    place = await Place.made_by(alice, "group")
    refused = await place.hears("x", anonymous=True, status=400)
    assert refused == {"error": "only admins of supergroups can be anonymous"}


async def test_a_group_outlives_a_restart(sandbox: Sandbox, alice: Person) -> None:
    place = await Place.made_by(alice, "group")
    await place.hears("/hello")
    await sandbox.restart()
    assert await place.texts() == ["/hello"]
    other = await Place.made_by(alice, "group")
    assert other.id != place.id


async def test_there_are_no_other_places(sandbox: Sandbox, alice: Person) -> None:
    refused = await sandbox.control("POST", f"{alice.path}/groups", {"title": "X", "type": "forum"}, status=400)
    assert refused == {"error": "type must be one of group, supergroup, channel"}
    await sandbox.control("GET", f"{alice.path}/groups/-5", status=404)


async def test_what_somebody_forwards_to_the_bot_says_whose_words_they_are(sandbox: Sandbox, alice: Person) -> None:
    bob = await sandbox.person("Bob")
    theirs = await bob.shares(alice, text="/admin")
    assert await sandbox.updates() == []
    await alice.shares(alice, message_id=theirs["message_id"])
    [update] = await heard(sandbox)
    assert update.message is not None
    assert update.message.from_user is not None
    assert update.message.forward_origin is not None
    assert (update.message.text, update.message.from_user.id) == ("/admin", alice.id)
    assert update.message.forward_origin.sender_user.id == bob.id  # type: ignore[union-attr]
