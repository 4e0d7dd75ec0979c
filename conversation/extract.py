"""`python -m conversation.extract`: bring the .po files up to date with the texts in the sources.

New texts come in untranslated, and texts that are gone go; nothing is guessed, so nothing becomes fuzzy.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from conversation.i18n import DOMAIN, LOCALES

ROOT: Final = Path(__file__).parent.parent
SOURCES: Final = ("conversation", "handlers")
KEYWORDS: Final = {"_": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2)}


def texts() -> Catalog:
    """Every text in the sources, with the files it stands in."""
    catalogue = Catalog(domain=DOMAIN, charset="utf-8")
    for folder in SOURCES:
        found = extract_from_dir(ROOT / folder, [("**.py", "python")], keywords=KEYWORDS)
        for file, _line, message, comments, _context in found:
            catalogue.add(message, locations=[(f"{folder}/{file}", 0)], auto_comments=comments)
    return catalogue


def po_files() -> list[Path]:
    return sorted(LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))


def translations(po: Path) -> Catalog:
    with po.open("rb") as source:
        return read_po(source, locale=po.parent.parent.name, domain=DOMAIN)


def update(po: Path) -> None:
    catalogue = translations(po)
    catalogue.update(texts(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    po.write_bytes(rendered(catalogue))


def rendered(catalogue: Catalog) -> bytes:
    """Sorted, without dates and line numbers: two runs give the same file, and diffs show words only."""
    out = io.BytesIO()
    write_po(out, catalogue, omit_header=True, width=116, sort_by_file=True, include_lineno=False)
    header = f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale_identifier}\\n"\n'
    types = '"Content-Type: text/plain; charset=utf-8\\n"\n'
    plurals = f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    return (header + types + plurals).encode() + out.getvalue()


if __name__ == "__main__":
    for path in po_files():
        update(path)
        missing = [message.id for message in translations(path) if message.id and not any(message.string or ())]
        sys.stdout.write(f"{path.relative_to(ROOT)}: {len(missing)} to translate\n")
