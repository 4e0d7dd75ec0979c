"""What people ask the owners, in the owners' own chats."""

from __future__ import annotations

from typing import Any, Final

from conversation.callbacks.admin_reports import OpenReport
from conversation.i18n import gettext as _
from conversation.notices import Notice
from conversation.view import View, button, lines, paragraphs, rows, theirs
from services.desk import Services
from storage.tables import User

NAME_SHOWN = 64
QUESTION_SHOWN = 3000


async def question(services: Services, _owner: User, payload: dict[str, Any]) -> View:
    asker = await services.users.get(payload["asker_id"])
    # Tapping the name opens their chat, also of those who have no username.
    name = theirs(asker.first_name, NAME_SHOWN) or str(asker.telegram_id)
    who = f'<a href="tg://user?id={asker.telegram_id}">{name}</a>'
    username = f"@{theirs(asker.username, NAME_SHOWN)}" if asker.username else None
    facts = " · ".join(filter(None, [who, username, str(asker.telegram_id)]))
    words = f"<blockquote>{theirs(payload['text'], QUESTION_SHOWN)}</blockquote>"
    title = _("📨 <b>A question</b> {reference}").format(reference=payload["reference"])
    text, number = paragraphs(lines(title, facts), words), payload.get("question")
    if number is None:  # of a version that kept no questions, and waiting since
        return View(text)
    return View(text, rows([button(_("📮 Answer or close it"), OpenReport(report=number))]))


NOTICES: Final[dict[str, Notice]] = {"question": question}
