"""What owners are told when the machine needs them."""

from __future__ import annotations

from typing import get_args

import pytest

from conversation.alert_notices import alert
from services.alerts import Alert
from tests.conversation.scenes import user
from tests.conversation.shown import assert_fits, data, seen
from tests.conversation.stage import Stage
from tests.support.database import ON_SQLITE

pytestmark = ON_SQLITE


@pytest.mark.parametrize("kind", get_args(Alert))
async def test_every_alert_says_what_happened_and_leads_to_the_work(stage: Stage, language: str, kind: str) -> None:
    for about in ("runway", "<b>&{}" * 50):
        view = await alert(stage.services, user(), {"alert": kind, "about": about, "detail": 3})
        assert view is not None
        assert_fits(view, caption=False)
        assert data(view) in (["az:jobs:0"], ["az:payments:0"])


async def test_the_vendor_is_named_as_it_names_itself(stage: Stage, english: None) -> None:
    view = await alert(stage.services, user(), {"alert": "vendor_out_of_credit", "about": "runway"})
    assert view is not None
    assert "Runway refuses work" in seen(view.text)


async def test_what_a_newer_version_has_to_say_is_left_to_it(stage: Stage, english: None) -> None:
    assert await alert(stage.services, user(), {"alert": "something new", "about": "x"}) is None
