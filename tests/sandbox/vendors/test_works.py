"""Work goes on by the clock alone: it waits, has a slot, ends, and is charged or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.store import Store
from sandbox.vendors.settings import AllSettings
from sandbox.vendors.work import Clip, Fate, Order, Phase, Work
from sandbox.vendors.works import Works

CLIP = Clip(64, 64, 1, None, "")
REFUSED = {"code": "SAFETY.INPUT.TEXT", "message": "no"}
BROKEN = {"code": "INTERNAL", "message": "broken"}


class Line:
    """One vendor's works with a clock that stands still: queue 1 s, work 10 s, one at a time."""

    def __init__(self, folder: Path) -> None:
        self.now = 1000.0
        self.store = Store(folder, "vendors")
        self.settings = AllSettings(self.store)
        self.settings.change("runway", {"queue_seconds": 1, "render_seconds": 10, "concurrency": 1})
        self.works = Works(self.store, self.settings, lambda: self.now)

    def add(self, name: str, *, fate: Fate | None = None, **more: Any) -> Work:
        order = Order("runway", more.pop("model", "gen4_turbo"), name, CLIP, **{"price": 5.0} | more)
        return self.works.add(name, order, fate or Fate())

    def after(self, seconds: float, *works: Work) -> list[Phase]:
        self.now += seconds
        self.works.advance()
        return [work.phase for work in works]

    @property
    def spent(self) -> float:
        return 100_000 - self.settings.of("runway").credits


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    line = Line(tmp_path)
    yield line
    line.store.close()


def test_work_waits_runs_and_is_done(line: Line) -> None:
    work = line.add("a")
    assert line.after(0.9, work) == [Phase.WAITING]
    assert line.after(0.2, work) == [Phase.RUNNING]
    assert line.after(10, work) == [Phase.DONE]
    assert (work.started_at, work.ended_at, work.billed) == (1001, 1011, 5)


def test_one_after_the_other_however_far_the_clock_jumps(line: Line) -> None:
    works = [line.add(name) for name in "abc"]
    assert line.after(1.5, *works) == [Phase.RUNNING, Phase.WAITING, Phase.WAITING]
    assert line.after(1000, *works) == [Phase.DONE] * 3
    assert [work.ended_at for work in works] == [1011, 1021, 1031]


def test_another_model_has_a_line_of_its_own(line: Line) -> None:
    works = [line.add("a"), line.add("b", model="gen4.5")]
    assert line.after(2, *works) == [Phase.RUNNING, Phase.RUNNING]


def test_a_slot_that_is_given_up_is_taken_from_then_on(line: Line) -> None:
    first, second = line.add("a"), line.add("b")
    line.after(5)
    line.works.cancel(first)
    line.after(3)
    assert second.started_at == 1005


def test_what_is_held_lets_others_pass(line: Line) -> None:
    held, other = line.add("a", fate=Fate(held=30)), line.add("b")
    assert line.after(2, held, other) == [Phase.WAITING, Phase.RUNNING]


def test_work_without_an_end_keeps_its_slot(line: Line) -> None:
    works = [line.add("a", fate=Fate(never=True)), line.add("b")]
    assert line.after(1e6, *works) == [Phase.RUNNING, Phase.WAITING]
    assert works[0].progress(line.now) == 0.99


def test_progress_grows_unless_it_is_to_go_backwards(line: Line) -> None:
    plain = line.add("a")
    seen = [plain.progress(line.now) for _ in range(4) if line.after(2, plain)]
    assert seen == [0.1, 0.3, 0.5, 0.7]
    line.works.cancel(plain)
    odd = line.add("b", fate=Fate(backwards=True))
    seen = [odd.progress(line.now) for _ in range(4) if line.after(2, odd)]
    assert seen == [0.1, 0.24, 0.1, 0.35]


@pytest.mark.parametrize(
    ("fate", "billed"), [(Fate(), 5), (Fate(failure=REFUSED), 5), (Fate(failure=BROKEN), 0)], ids=str
)
def test_what_is_done_or_moderated_is_charged_and_what_broke_is_not(line: Line, fate: Fate, billed: float) -> None:
    work = line.add("a", fate=fate)
    assert line.spent == 5
    line.after(20)
    assert (work.billed, line.spent) == (billed, billed)


def test_what_costs_by_the_second_costs_when_it_fails_too(line: Line) -> None:
    work = line.add("a", fate=Fate(failure=BROKEN), price=None)
    line.after(20)
    assert (work.billed, line.spent) == (10, 10)


def test_stopping_is_free_only_before_it_has_begun(line: Line) -> None:
    running, waiting = line.add("a"), line.add("b")
    line.after(2)
    line.works.cancel(waiting)
    line.works.cancel(running)
    assert (running.billed, waiting.billed, line.spent) == (5, 0, 5)
    line.works.cancel(running)
    assert line.spent == 5


def test_a_late_success_turns_failed_work_into_done_and_charges_it(line: Line) -> None:
    work = line.add("a", fate=Fate(failure=BROKEN, late_after=60))
    assert line.after(12, work) == [Phase.FAILED]
    assert line.spent == 0
    assert line.after(60, work) == [Phase.DONE]
    assert (work.failure, work.billed, line.spent) == (None, 5, 5)


def test_forced_ends_are_charged_by_their_own_rule(line: Line) -> None:
    work = line.add("a")
    line.works.force(work, BROKEN)
    assert (work.phase, line.spent) == (Phase.FAILED, 0)
    line.works.force(work, None)
    assert (work.phase, line.spent) == (Phase.DONE, 5)


def test_a_result_is_kept_for_its_time_and_the_whole_for_no_longer_than_allowed(line: Line) -> None:
    kept, short = line.add("a", keep_seconds=60.0), line.add("b", model="x", forget_at=1005.0)
    line.after(5.1)
    assert line.works.get("runway", "b") is None
    line.after(60)
    assert line.works.get("runway", "a") is kept
    line.after(10)
    assert line.works.get("runway", "a") is None
    assert [work.id for work in line.works.all()] == ["a", "b"]
    assert short.is_forgotten(line.now)


def test_times_vary_by_their_share_and_always_alike(line: Line) -> None:
    line.settings.change("runway", {"jitter": 0.5})
    lengths = [line.add(str(number)).render_seconds for number in range(20)]
    assert all(5 <= length <= 15 for length in lengths)
    assert len(set(lengths)) == 20
    again = Line(line.store.folder / "again")
    again.settings.change("runway", {"jitter": 0.5})
    assert [again.add(str(number)).render_seconds for number in range(20)] == lengths
    again.store.close()


def test_everything_is_there_after_a_restart(line: Line) -> None:
    line.add("a", token="t", fate=Fate(spoilt="black", failure=BROKEN), details={"webhook": None})
    line.after(2)
    saved = Works(line.store, AllSettings(line.store), lambda: line.now).get("runway", "a")
    assert saved == line.works.get("runway", "a")
    assert saved is not None
    assert saved.order.clip.spoilt == "black"


@pytest.mark.parametrize(
    "values", [{"jitter": 2.0}, {"concurrency": 0}, {"render_seconds": -1.0}, {"result": "fax"}], ids=str
)
def test_settings_that_make_no_sense_are_refused(line: Line, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|is a share"):
        line.settings.change("runway", values)
