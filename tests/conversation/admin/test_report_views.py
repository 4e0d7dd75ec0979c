"""Reports and what was mended can be read in every language, whatever was written."""

from __future__ import annotations

import pytest

from conversation.admin.look_views import looks_view
from conversation.admin.report_views import (
    answer_question,
    ask_answer_view,
    close_question,
    report_view,
    reports_view,
    waiting_reports,
)
from conversation.errors import sentence
from services.errors import ReportClosed
from services.payments.facts import STARS, STRIPE
from services.payments.looks import PAGE as LINES
from services.payments.looks import Looked, LooksPage, Mended
from services.reports import PAGE, Report
from services.staff.rights import Actor, Role
from storage.tables import Question, Reconciliation
from tests.conversation.scenes import HOSTILE, NOW, user
from tests.conversation.shown import assert_fits, data, labels, seen

BOSS = Actor(1, Role.OWNER)


def report(text: str, name: str = "Ana", *, closed: bool = False, closer: bool = True) -> Report:
    question = Question(id=4, user_id=17, message_id=5, reference="S17-5", text=text, created_at=NOW)
    if closed:
        question.closed_at = NOW
    asker = user(id=17, first_name=name, username="a_b", unreachable_at=NOW)
    return Report(question, asker, user(id=2, first_name=name) if closed and closer else None)


@pytest.mark.parametrize("said", [*HOSTILE, "\n" * 50 + "🚧" * 2000, "<&>\n" * 1000], ids=range(len(HOSTILE) + 2))
def test_whatever_they_wrote_and_call_themselves(language: str, said: str) -> None:
    for one in (report(said, said), report(said, said, closed=True), report("", closed=True, closer=False)):
        for view in (report_view(one, BOSS, note="Sent."), reports_view([one] * PAGE, 3 * PAGE, 1, BOSS)):
            assert_fits(view, caption=False)
        for view in (ask_answer_view(one), answer_question(one), close_question(one), reports_view([], 0, 0, BOSS)):
            assert_fits(view, caption=False)
    line = Mended(STARS, NOW, said)
    looked = Looked(STRIPE, Reconciliation(created_at=NOW, looked_at=1), wanted=True)
    assert_fits(looks_view(LooksPage([looked], [line] * LINES, 1, 3 * LINES)), caption=False)
    assert len(sentence(ReportClosed(said))) <= 200


def test_a_report_is_shown_whole_with_its_lines(english: None) -> None:
    text = "One line.\n<b>Another</b>\n" + "x" * 3500
    assert text in seen(report_view(report(text), BOSS).text)


def test_what_is_closed_can_only_be_read(english: None) -> None:
    assert any("Answer" in label for label in labels(report_view(report("?"), BOSS)))
    closed = report_view(report("?", "Olga", closed=True), BOSS)
    assert "Closed by Olga" in seen(closed.text)
    assert data(closed) == ["hp:17:card:0", "az:reports:0"]


def test_the_menu_counts_what_waits(english: None) -> None:
    assert waiting_reports(0) is None
    assert waiting_reports(1) == "1 report waits for an answer."
    assert waiting_reports(3) == "3 reports wait for an answer."


def test_where_nothing_was_missing_it_says_so(english: None) -> None:
    shown = seen(looks_view(LooksPage([Looked(STARS, None, wanted=False)], [], 0, 0)).text)
    assert "Telegram Stars · never looked at" in shown
    assert "All was in order." in shown
