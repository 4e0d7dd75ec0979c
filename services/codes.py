"""What people type as a code: a promo code, or else a friend's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from services.errors import CodeNotValid
from services.promos import Promos
from services.referrals import Referrals

_IN_A_LINK: Final = re.compile(r".*[?&]START=", re.DOTALL)
_CODE: Final = re.compile(r"[A-Z0-9_-]{1,32}")


@dataclass(frozen=True, slots=True)
class Redeemed:
    kind: Literal["promo", "referral"]
    credits: int
    """What the user got for it. A friend's code may bring 0 where invitations are not rewarded."""


class Codes:
    def __init__(self, promos: Promos, referrals: Referrals) -> None:
        self._promos = promos
        self._referrals = referrals

    async def redeem(self, user_id: int, text: str) -> Redeemed:
        """Raises CodeNotValid."""
        code = cleaned(text)
        try:
            return Redeemed("promo", await self._promos.redeem(user_id, code))
        except CodeNotValid as refused:
            if refused.why != "unknown":
                raise
        return Redeemed("referral", await self._referrals.enter(user_id, code.removeprefix("REF_")))


def cleaned(text: str) -> str:
    """A code as it is stored, from one in small letters, with blanks around it, or in a whole invitation link.

    Raises CodeNotValid for what can be none.
    """
    code = _IN_A_LINK.sub("", text.strip().upper(), count=1)
    if not _CODE.fullmatch(code):
        raise CodeNotValid("unknown")
    return code
