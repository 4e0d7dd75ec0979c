"""Everything that is set in the chat: a table, which grows with the vendors and models there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Final

from conversation.admin.value_field import Field, Shelf
from conversation.admin.value_kinds import Cents, Choice, Number, Words
from conversation.admin.value_makers import Makers
from conversation.admin.value_parts import Entry, NotListed
from conversation.callbacks.admin_values import GroupName
from conversation.i18n import LANGUAGES
from conversation.i18n import gettext as _
from conversation.wording import credits_, maker, seconds
from providers.base import ClipModel
from services.catalogue import Catalogue
from services.inquiries.improve import SYSTEM
from services.live.values import LONGEST_CONTACT, MOST_CREDITS, MOST_FILMS, Values

LONGEST_TEXT: Final = 3000
DEAREST: Final = 10_000
DEAREST_UNIT, DEAREST_STAR = 100_000, 1000
GROUPS: Final[Mapping[GroupName, Callable[[], str]]] = {
    "credits": lambda: _("🎁 Credits and limits"),
    "vendors": lambda: _("🎬 Vendors"),
    "prices": lambda: _("💰 Models and prices"),
    "prompt": lambda: _("✍️ Prompt of “Improve”"),
    "texts": lambda: _("📄 Texts"),
    "contact": lambda: _("💬 Support contact"),
    "worth": lambda: _("⚖️ What things are worth"),
}


def fields(catalogue: Catalogue, usual: Values) -> list[Field]:
    """`usual`: what the environment says."""
    makers = Makers(catalogue.vendors, usual.makers or dict.fromkeys(catalogue.vendors, 1))
    return [
        *_credits(),
        Field("vendors", "makers", lambda: _("Who makes clips"), makers, lambda: _about_makers(catalogue)),
        *_prices(catalogue.everything),
        _prompt(),
        *(_text(name, language) for name, language in product(("terms", "privacy", "support"), LANGUAGES)),
        _contact(),
        *_worth([name for name in catalogue.vendors if not catalogue.providers[name].embedded]),
    ]


def _credits() -> list[Field]:
    credits_kind = Number(0, MOST_CREDITS, credits_)
    vests = Choice({"bought": lambda: _("with a clip that was paid for"), "approved": lambda: _("with any clip")})
    rows: list[tuple[str, Callable[[], str], Number | Choice, Callable[[], str]]] = [
        ("signup_credits", lambda: _("At the start"), credits_kind, lambda: _("For people who come from now on.")),
        ("referral_credits", lambda: _("Invited friend"), credits_kind, _about_friends),
        ("referral_vests", lambda: _("A friend counts"), vests, lambda: _("When whoever invited them gets theirs.")),
        ("share_credits", lambda: _("Shared project"), credits_kind, lambda: _("For each new person who comes by it.")),
        (
            "share_daily_limit",
            lambda: _("By sharing, a day"),
            credits_kind,
            lambda: _("The most that one person earns by sharing within 24 hours."),
        ),
        (
            "films_a_day",
            lambda: _("Films a day"),
            Number(0, MOST_FILMS, lambda count: str(count) if count else _("no limit")),
            lambda: _("How many films one person has made within 24 hours; 0 is no limit."),
        ),
    ]
    return [Field("credits", *row) for row in rows]


def _prices(models: tuple[ClipModel, ...]) -> list[Field]:
    """A switch for each model, and a price for each of its lengths: the vendor's own unless it is set."""
    by_key: dict[str, list[ClipModel]] = {}
    for model in models:
        by_key.setdefault(model.key, []).append(model)
    return [field for key, same_model in by_key.items() for field in _model(key, same_model)]


def _model(key: str, offers: list[ClipModel]) -> list[Field]:
    shelf = Shelf(key, lambda: offers[0].name)
    own = {length: price for model in reversed(offers) for length, price in model.prices.items()}
    offered = Choice({True: lambda: _("✅ yes"), False: lambda: _("🚫 no")})
    switch = Field(
        "prices",
        "models_off",
        shelf.label,
        offered,
        _about_models,
        key,
        NotListed(key),
        shelf=shelf,
        short=lambda: _("On offer"),
    )
    return [switch, *(_price(shelf, length, own[length]) for length in sorted(own))]


def _price(shelf: Shelf, length: int, own: int) -> Field:
    return Field(
        "prices",
        "prices",
        lambda: f"{shelf.label()} · {seconds(length)}",
        Number(1, DEAREST, credits_),
        lambda: _("For what is ordered from now on. Who sees the old price on a button is told before they pay more."),
        f"{shelf.key}.{length}",
        Entry((shelf.key, str(length))),
        own,
        shelf,
        lambda: seconds(length),
    )


def _prompt() -> Field:
    return Field(
        "prompt",
        "system_prompt",
        lambda: _("Prompt of “Improve”"),
        Words(LONGEST_TEXT, lambda: SYSTEM),
        lambda: _("What the language model is told before it improves somebody's words."),
    )


def _text(name: str, language: str) -> Field:
    key = f"{name}:{language}"
    return Field(
        "texts",
        "texts",
        lambda: f"{_title(name)} · {LANGUAGES[language]}",
        Words(LONGEST_TEXT, lambda: _("Ours, as /{command} shows it.").format(command=name)),
        lambda: _("What /{command} says to who has this language, word for word.").format(command=name),
        key,
        Entry((key,)),
        shelf=Shelf(name, lambda: _title(name)),
        short=lambda: LANGUAGES[language],
    )


def _contact() -> Field:
    return Field(
        "contact",
        "support_contact",
        lambda: _("Support contact"),
        Words(LONGEST_CONTACT, lambda: _("none: questions come to you through the bot"), long=False),
        lambda: _("Where people are sent with questions."),
    )


def _worth(vendors: Sequence[str]) -> list[Field]:
    """`vendors`: those that send a bill."""
    star = Field("worth", "star_cents", lambda: _("A Star brings"), Cents(DEAREST_STAR), _about_worth)
    return [star, *(_unit(vendor) for vendor in vendors)]


def _unit(vendor: str) -> Field:
    def label() -> str:
        return _("A unit of {vendor} costs").format(vendor=maker(vendor))

    return Field("worth", "vendor_unit_cents", label, Cents(DEAREST_UNIT), _about_worth, vendor, Entry((vendor,)))


def _title(name: str) -> str:
    titles = {"terms": _("Terms"), "privacy": _("Privacy"), "support": _("Support")}
    return titles[name]


def _about_friends() -> str:
    return _("For a friend who comes from now on, and for who invited them.")


def _about_models() -> str:
    return _("Off, nobody can choose it; what is ordered is still made.")


def _about_worth() -> str:
    return _("For the margin in /overview; nobody pays more or less by it.")


def _about_makers(catalogue: Catalogue) -> str:
    about = _(
        "In this order they are asked when one fails; those with the same model share it by their weights. Begun work "
        "stays where it is. There are: {names}"
    )
    names = (f"{maker(name)} ⏸" if name in catalogue.paused else maker(name) for name in catalogue.vendors)
    return about.format(names=", ".join(names))
