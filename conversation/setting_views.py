"""What a person can choose for themselves: language, and what new drafts begin with."""

from __future__ import annotations

from collections.abc import Sequence

from conversation import callbacks
from conversation.callbacks import news
from conversation.i18n import LANGUAGES
from conversation.i18n import gettext as _
from conversation.view import Button, View, button, choice, lines, paragraphs, rows
from conversation.wording import seconds, shape
from providers.base import Shape
from storage.tables import User


def settings_view(user: User, *, lengths: Sequence[int], shapes: Sequence[Shape]) -> View:
    """`lengths` (seconds) and `shapes` are what is on offer."""
    now = seconds(user.default_duration_s), shape(user.default_shape) if user.default_shape else _("like the photo")
    text = paragraphs(
        _("⚙️ <b>Settings</b>"),
        lines(
            _("🌐 Language: {language}").format(language=LANGUAGES[user.language]),
            _("⏱ New clips: {length}").format(length=now[0]),
            _("🖼 Shape: {shape}").format(shape=now[1]),
            _("📣 News: on") if user.news_off_at is None else _("🔕 News: off"),
        ),
    )
    return View(text, rows(_languages(user), _lengths(user, lengths), *_shape_rows(user, shapes), [_news(user)]))


def _news(user: User) -> Button:
    off = user.news_off_at is not None
    return button(_("📣 Send me news") if off else _("🔕 No more news"), news.SetNews(wanted=off))


def _languages(user: User) -> list[Button]:
    return [
        choice(name, callbacks.SetLanguage(language=code), chosen=code == user.language)
        for code, name in LANGUAGES.items()
    ]


def _lengths(user: User, lengths: Sequence[int]) -> list[Button]:
    return [
        choice(seconds(one), callbacks.SetLength(seconds=one), chosen=one == user.default_duration_s) for one in lengths
    ]


def _shape_rows(user: User, shapes: Sequence[Shape]) -> list[list[Button]]:
    as_photo = choice(_("like the photo"), callbacks.SetShape(shape="photo"), chosen=user.default_shape is None)
    return [
        [choice(shape(one), callbacks.SetShape(shape=one), chosen=one == user.default_shape) for one in shapes],
        [as_photo],
    ]
