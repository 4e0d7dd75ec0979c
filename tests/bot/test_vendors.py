"""Who makes clips and who writes, as the settings want it."""

from __future__ import annotations

from bot.vendors import hint_address, open_makers, open_writer
from services.catalogue import Catalogue
from tests.bot.test_settings import MODAL, OPENROUTER, RUNPOD, RUNWAY, settings

ALL = RUNWAY | RUNPOD | MODAL | OPENROUTER


def test_those_that_are_named_are_opened_in_their_order() -> None:
    read = settings(active_ai_provider="modal,runway,local,runpod", **ALL)
    assert [maker.name for maker in open_makers(read)] == ["modal", "runway", "local", "runpod"]


def test_those_whose_keys_are_there_are_opened_besides_so_that_they_can_be_made_active() -> None:
    read = settings(active_ai_provider="modal,local", **ALL)
    assert [maker.name for maker in open_makers(read)] == ["modal", "local", "runway", "runpod"]
    assert [maker.name for maker in open_makers(settings(active_ai_provider="runway", **RUNWAY | MODAL))] == [
        *("runway", "modal")
    ]
    catalogue = Catalogue(open_makers(read), read.makers)
    assert list(catalogue.makers) == ["modal", "local"]
    assert catalogue.vendors == ("modal", "local", "runway", "runpod")


def test_our_worker_makes_one_model_wherever_it_runs_by_weight() -> None:
    read = settings(active_ai_provider="runpod*3,modal,local", **ALL)
    catalogue = Catalogue(open_makers(read), read.makers)
    assert [model.key for model in catalogue.models] == ["wan", "local-motion"]
    drawn = [catalogue.maker("wan", "1:1", 5) for _ in range(2000)]
    assert 1300 < drawn.count("runpod") < 1700
    assert set(drawn) == {"runpod", "modal"}


def test_nobody_writes_without_a_key() -> None:
    assert open_writer(settings()) is None
    assert open_writer(settings(**OPENROUTER)) is not None


def test_hints_come_to_the_public_address() -> None:
    read = settings(public_url="https://echoes.example/")
    assert hint_address(read, "runpod", "abc") == "https://echoes.example/providers/runpod/webhook/abc"
