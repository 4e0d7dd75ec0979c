"""Every text in every language, with the same places to fill and the same tags."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from conversation import extract
from conversation.i18n import LANGUAGES, Words

FILES = extract.po_files()
TAGS = re.compile(r"</?[a-z]+>")


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or [""])


def texts(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def by_name(po: Path) -> str:
    return po.parent.parent.name


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_is_a_file_for_every_language_but_english() -> None:
    assert {by_name(po) for po in FILES} == set(LANGUAGES) - {"en"}


@pytest.mark.parametrize("po", FILES, ids=by_name)
def test_it_has_exactly_the_texts_of_the_sources(po: Path) -> None:
    wanted = {str(message.id) for message in texts(extract.texts())}
    found = {str(message.id) for message in texts(extract.translations(po))}
    assert wanted - found == set(), "missing: run python -m conversation.extract, then translate"
    assert found - wanted == set(), "no longer used: run python -m conversation.extract"
    assert not extract.translations(po).obsolete


@pytest.mark.parametrize("po", FILES, ids=by_name)
def test_everything_is_translated_and_nothing_is_fuzzy(po: Path) -> None:
    catalogue = extract.translations(po)
    empty = [message.id for message in texts(catalogue) if not all(part.strip() for part in forms(message.string))]
    assert empty == []
    assert [message.id for message in texts(catalogue) if message.fuzzy] == []


@pytest.mark.parametrize("po", FILES, ids=by_name)
def test_plurals_have_as_many_forms_as_the_language(po: Path) -> None:
    catalogue = extract.translations(po)
    counted = [message for message in texts(catalogue) if message.pluralizable]
    assert counted
    assert {len(forms(message.string)) for message in counted} == {catalogue.num_plurals}


@pytest.mark.parametrize("po", FILES, ids=by_name)
def test_every_form_has_the_places_and_tags_of_the_original(po: Path) -> None:
    for message in texts(extract.translations(po)):
        original = forms(message.id)[-1]
        for translated in forms(message.string):
            assert placeholders(translated) == placeholders(original), original
            assert sorted(TAGS.findall(translated)) == sorted(TAGS.findall(original)), original


@pytest.mark.parametrize("po", FILES, ids=by_name)
def test_buttons_keep_their_pictures(po: Path) -> None:
    """People find buttons by their picture, whatever the language."""
    for message in texts(extract.translations(po)):
        first = forms(message.id)[0][0]
        if ord(first) >= 0x2190:
            assert {translated[0] for translated in forms(message.string)} == {first}, message.id


@pytest.mark.parametrize("po", FILES, ids=by_name)
def test_updating_a_complete_file_changes_nothing(po: Path, tmp_path: Path) -> None:
    copy = tmp_path / by_name(po) / "LC_MESSAGES" / po.name
    copy.parent.mkdir(parents=True)
    copy.write_bytes(po.read_bytes())
    extract.update(copy)
    assert copy.read_bytes() == po.read_bytes()


def test_updating_adds_what_is_new_untranslated_and_drops_what_is_gone(tmp_path: Path) -> None:
    po = tmp_path / "es" / "LC_MESSAGES" / "echoes.po"
    po.parent.mkdir(parents=True)
    po.write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "gone"\nmsgstr "ido"\n')
    extract.update(po)
    found = {message.id: message.string for message in texts(extract.translations(po))}
    assert "gone" not in found
    assert found["Your projects"] == ""


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 кредитов"), (1, "1 кредит"), (3, "3 кредита"), (11, "11 кредитов"), (21, "21 кредит")]
)
def test_russian_counts_in_three_forms(words: Words, count: int, said: str) -> None:
    with words.speaking("ru"):
        assert words.gettext("{count} credit", "{count} credits", count).format(count=count) == said
