from __future__ import annotations

import itertools
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

from conversation.errors import SENTENCES, apology, sentence, why_it_failed
from conversation.i18n import LANGUAGES, Words
from handlers.manners import TOAST_LIMIT
from media.errors import MusicProblem, PhotoProblem
from providers.base import FailureReason
from services import errors

CLASSES: list[Any] = [
    one
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, errors.EchoesError) and one is not errors.EchoesError
]


def refusals() -> list[errors.EchoesError]:
    """One of each, with the largest numbers it may carry."""
    made: list[errors.EchoesError] = []
    for one in CLASSES:
        if one is errors.PhotoNotUsable:
            made += [errors.PhotoNotUsable(problem) for problem in PhotoProblem]
        elif one is errors.MusicNotUsable:
            made += [errors.MusicNotUsable(problem) for problem in MusicProblem]
        elif one is errors.PackNotUsable:
            made += [errors.PackNotUsable(why, 1, 99_999_999, "usd") for why in ("name", "taken", "credits", "price")]
        elif one is errors.ReportClosed:
            made += [errors.ReportClosed(by) for by in ("Olga", None)]
        else:
            facts: Any = fields(one) if is_dataclass(one) else ()
            made.append(one(*[10**6 for _ in facts]))
    return made


def test_no_refusal_is_without_a_sentence() -> None:
    assert set(SENTENCES) == set(CLASSES)


@pytest.mark.parametrize("refusal", refusals(), ids=repr)
def test_every_refusal_is_one_short_sentence_that_fits_a_toast(language: str, refusal: errors.EchoesError) -> None:
    said = sentence(refusal)
    assert said.strip()
    assert "{" not in said
    assert len(said) <= TOAST_LIMIT


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_two_refusals_sound_alike(words: Words, code: str) -> None:
    with words.speaking(code):
        said = [sentence(refusal) for refusal in refusals()] + [why_it_failed(reason) for reason in FailureReason]
    assert [one for one, times in itertools.groupby(sorted(said)) if len(list(times)) > 1] == []


def test_too_few_credits_say_what_is_needed_what_there_is_and_where_there_are_more(english: None) -> None:
    said = sentence(errors.NotEnoughCredits(needed=5, available=1))
    assert said == "This costs 5 credits and you have 1. Tap ➕ Get credits to go on."


def test_the_limit_for_files_is_said_in_numbers(language: str) -> None:
    assert "20" in sentence(errors.PhotoNotUsable(PhotoProblem.TOO_LARGE_FILE))


@pytest.mark.parametrize("reason", FailureReason)
def test_every_failure_has_a_plain_reason(language: str, reason: FailureReason) -> None:
    assert why_it_failed(reason)
    assert reason.value not in why_it_failed(reason).split()


@pytest.mark.parametrize("reason", [None, "of a newer version"])
def test_a_reason_nobody_knows_is_our_own_fault(language: str, reason: str | None) -> None:
    assert why_it_failed(reason) == why_it_failed(FailureReason.INTERNAL)


def test_an_apology_has_an_id_that_can_be_read_out(language: str) -> None:
    assert "0123abcd" in apology("0123abcd4567")
    assert "4567" not in apology("0123abcd4567")
    assert len(apology("0" * 16)) <= TOAST_LIMIT
