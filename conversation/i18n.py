"""The languages the bot speaks. English is the source; the others are .po files, read as they are.

There is no build step: a .po file is compiled in memory when the program starts.
"""

from __future__ import annotations

import gettext as catalogues
import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

from aiogram.utils.i18n import I18n, get_i18n, gettext, lazy_gettext, ngettext
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

__all__ = ["LANGUAGES", "LOCALES", "Words", "gettext", "language_now", "lazy_gettext", "ngettext"]

DOMAIN: Final = "echoes"
LOCALES: Final = Path(__file__).parent / "locales"
LANGUAGES: Final[dict[str, str]] = {"en": "English", "es": "Español", "ru": "Русский"}
"""Each by the name its speakers give it."""


class Words(I18n):
    """aiogram's I18n, fed from .po files."""

    def __init__(self, path: Path = LOCALES) -> None:
        super().__init__(path=path, default_locale="en", domain=DOMAIN)

    def find_locales(self) -> dict[str, catalogues.GNUTranslations]:
        return {
            po.parent.parent.name: _compiled(po) for po in sorted(self.path.glob(f"*/LC_MESSAGES/{self.domain}.po"))
        }

    @contextmanager
    def speaking(self, language: str) -> Iterator[None]:
        """Inside, every text is in `language`."""
        # Each subclass has a "current" of its own in aiogram, but gettext asks I18n for it.
        token = I18n.set_current(self)
        try:
            with self.use_locale(language):
                yield
        finally:
            I18n.reset_current(token)


def language_now() -> str:
    """The language being spoken: for dates and the like, which gettext does not do."""
    return get_i18n().current_locale


@cache
def _compiled(po: Path) -> catalogues.GNUTranslations:
    with po.open("rb") as source:
        catalogue = read_po(source, locale=po.parent.parent.name)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)
