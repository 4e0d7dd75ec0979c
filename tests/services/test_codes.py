"""Whatever people type: a promo code first, else a friend's."""

from __future__ import annotations

import pytest

from services.codes import Redeemed
from services.errors import CodeNotValid
from services.promos import NewCode
from storage.tables import User
from tests.support.builders import Shop
from tests.support.database import ON_SQLITE

pytestmark = ON_SQLITE


async def test_a_promo_code_is_found_however_it_is_written(shop: Shop, bob: User) -> None:
    await shop.promos.create(await shop.boss(), NewCode("SUMMER-26", 5))

    assert await shop.codes.redeem(bob.id, " summer-26\n") == Redeemed("promo", 5)


@pytest.mark.parametrize(
    "written",
    ["{code}", "  {code} ", "ref_{code}", "https://t.me/EchoesBot?start=ref_{code}", "?a&start={code}"],
)
@pytest.mark.parametrize("lower", [False, True])
async def test_a_friend_s_code_is_found_also_in_its_link(
    shop: Shop, alice: User, bob: User, written: str, lower: bool
) -> None:
    code = (await shop.referrals.invitation(alice.id)).code
    typed = written.format(code=code)

    assert await shop.codes.redeem(bob.id, typed.lower() if lower else typed) == Redeemed("referral", 2)


async def test_a_promo_code_that_is_used_up_is_not_taken_for_a_friend_s(shop: Shop, alice: User, bob: User) -> None:
    await shop.promos.create(await shop.boss(), NewCode("SINGLE", 5, max_uses=1))
    await shop.codes.redeem(alice.id, "SINGLE")

    with pytest.raises(CodeNotValid) as refused:
        await shop.codes.redeem(bob.id, "SINGLE")
    assert refused.value.why == "used_up"


@pytest.mark.parametrize(
    "text", ["", " ", "x" * 33, "?start=" * 600, "two words", "\x00", "ref_", "<b>", "😀", "ｓｕｍｍｅｒ", "'--"]
)
async def test_what_can_be_no_code_is_unknown(shop: Shop, bob: User, text: str) -> None:
    with pytest.raises(CodeNotValid) as refused:
        await shop.codes.redeem(bob.id, text)
    assert refused.value.why == "unknown"
