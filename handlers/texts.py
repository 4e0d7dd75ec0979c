"""Text: what it means depends on what the person is in the middle of."""

from __future__ import annotations

from aiogram import Router
from aiogram.types import Message

from conversation.editing_views import captioned_view
from conversation.help_views import no_draft_view, unknown_command_view
from conversation.notifier import Notifier
from conversation.project_views import project_view, renamed_text
from conversation.view import View, paragraphs
from handlers.showing import say
from services.desk import Services
from services.dialogue import Expectation, expectation
from storage.tables import User


async def is_text(message: Message) -> bool:
    return message.text is not None


async def is_command(message: Message) -> bool:
    return message.text is not None and message.text.startswith("/")


async def unknown_command(message: Message) -> None:
    await say(message, unknown_command_view())


async def text(message: Message, user: User, services: Services, notifier: Notifier) -> None:
    expected, words = expectation(user), message.text or ""
    match expected:
        case Expectation("draft_prompt", draft_id):
            await services.drafts.write_prompt(user.id, draft_id, words)
            await notifier.show_draft(user, draft_id)
        case Expectation("album_prompt", album_id):
            await services.drafts.write_album_prompt(user.id, album_id, words)
            await notifier.show_album(user, album_id)
        case Expectation("project_name", project_id):
            await _name(message, user, services, project_id)
        case Expectation("clip_caption", clip_id):
            await _caption(message, user, services, clip_id)
        case _:
            await say(message, no_draft_view())


async def _name(message: Message, user: User, services: Services, project_id: int) -> None:
    project = await services.projects.rename(user.id, project_id, message.text or "")
    view = project_view(await services.projects.view(user.id, project_id))
    await say(message, View(paragraphs(renamed_text(project), view.text), view.keyboard))


async def _caption(message: Message, user: User, services: Services, clip_id: int) -> None:
    clip = await services.editing.write_caption(user.id, clip_id, message.text or "")
    await say(message, captioned_view(clip.project_id, clip.draft_id))


async def corrected(message: Message, user: User, services: Services, notifier: Notifier) -> None:
    """An edited text is the prompt again, if it was written for the draft that is still open."""
    expected = expectation(user)
    if expected is None or expected.expects != "draft_prompt" or not message.text or message.text.startswith("/"):
        return
    draft = await services.drafts.get(user.id, expected.subject_id)
    if draft.card_message_id is not None and draft.card_message_id < message.message_id:
        await services.drafts.write_prompt(user.id, draft.id, message.text)
        await notifier.show_draft(user, draft.id)


def router() -> Router:
    made = Router(name="texts")
    made.message.register(unknown_command, is_command)
    made.message.register(text, is_text)
    made.edited_message.register(corrected, is_text)
    return made
