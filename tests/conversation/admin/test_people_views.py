"""A person's card and its questions can be read in every language, whatever they call themselves."""

from __future__ import annotations

import re

import pytest

from conversation import mydata_views, team_notices
from conversation.admin import people_views, person_pages, person_questions
from conversation.view import View
from services.ledger import Balance
from services.people import Page, Person
from services.staff.rights import Actor, Role
from storage.tables import Job, Referral, User
from tests.conversation.scenes import HOSTILE, NOW, user
from tests.conversation.shown import assert_fits

BOSS = Actor(1, Role.OWNER)
LINK = re.compile(r'<a href="tg://user\?id=\d+">↗</a>')


def person(who: User, role: Role | None = None) -> Person:
    return Person(who, Balance(3, 2, 0), role, user(id=2, created_at=NOW), 1, 2, 3, 4, 5)


def fits(*views: View) -> None:
    for view in views:
        assert_fits(View(LINK.sub("", view.text), view.keyboard), caption=False)


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_they_call_themselves(language: str, name: str) -> None:
    who = user(id=17, first_name=name, username="a_b", created_at=NOW, seen_at=NOW, banned_at=NOW)
    shown = person(who, Role.ADMIN)
    fits(
        people_views.card_view(shown, BOSS, note="Done."),
        people_views.several_view([who, who]),
        person_questions.ask_credits_view(shown),
        person_questions.ask_message_view(who),
        person_questions.credits_question(who, -5, name or "why"),
        person_questions.message_question(who),
        person_questions.data_view(who),
        *(person_questions.deed_question(shown, deed) for deed in ("ban", "unban", "export", "delete")),
        person_pages.friends_page(who, Page([(_brought(), who)], 1, 3)),
    )


@pytest.mark.parametrize("state", ["queued", "running", "succeeded", "failed", "cancelled"])
def test_each_state_of_a_job_is_said(language: str, state: str) -> None:
    job = Job(id=4, kind="clip", state=state, price=2, failure_reason="busy", created_at=NOW)
    fits(person_pages.jobs_page(user(), Page([job], 0, 1), BOSS))


def test_the_rest_can_be_read(language: str) -> None:
    fits(
        people_views.search_view(),
        people_views.nobody_view(),
        mydata_views.mydata_view(),
        mydata_views.delete_question(),
        mydata_views.second_question(),
        mydata_views.deleted_view(),
    )


def test_of_who_is_deleted_nothing_is_offered(english: None) -> None:
    gone = user(first_name="", created_at=NOW, erased_at=NOW, unreachable_at=NOW, telegram_id=-5)
    view = people_views.card_view(person(gone), BOSS)

    assert "-5" not in view.text
    assert view.keyboard is not None
    labels = [button.text for row in view.keyboard.inline_keyboard for button in row]
    assert not any(word in label for label in labels for word in ("Ban", "credits", "Write", "data", "Role"))


def test_lines_of_the_team_stay_lines_and_no_tags() -> None:
    assert team_notices.in_lines("one <b>\ntwo &") == "one &lt;b&gt;\ntwo &amp;"


def _brought() -> Referral:
    return Referral(state="vested", credits=2, created_at=NOW)
