"""Currencies and amounts. Amounts are integers in the currency's smallest unit (cents; yen)."""

from __future__ import annotations

_NAMES = (
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp"
    " cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr"
    " isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn"
    " myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle"
    " sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar"
    " zmw"
)
CURRENCIES = frozenset(_NAMES.split())
_WITHOUT_CENTS = (
    "bif",
    "clp",
    "djf",
    "gnf",
    "jpy",
    "kmf",
    "krw",
    "mga",
    "pyg",
    "rwf",
    "vnd",
    "vuv",
    "xaf",
    "xof",
    "xpf",
)
_WITH_THOUSANDTHS = ("bhd", "jod", "kwd", "omr", "tnd")
_SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}
# The least a card can be charged with, of the currencies whose limit Stripe states as a round figure.
LEAST = {"usd": 50, "eur": 50, "gbp": 30}
MOST = 99_999_999


def shown(amount: int, currency: str) -> str:
    """Return an amount for people: `$4.99`, `-$1.00`, `12.00 RUB`."""
    places = 0 if currency in _WITHOUT_CENTS else 3 if currency in _WITH_THOUSANDTHS else 2
    minus, text = "-" if amount < 0 else "", f"{abs(amount) / 10**places:,.{places}f}"
    return minus + (f"{_SIGNS[currency]}{text}" if currency in _SIGNS else f"{text} {currency.upper()}")


def fee(amount: int) -> int:
    """Return what Stripe keeps of a charge: 2.9 % and 30 of the smallest unit, its list price in the United States."""
    return round(amount * 0.029) + 30
