"""Nobody sees, changes or learns of another's data: every use case that takes an id refuses a stranger's.

The table is complete: a new public method of a service fails the last test until it is in it.
"""

from __future__ import annotations

import asyncio
import inspect
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from services.catalogue import Catalogue
from services.desk import Services
from services.dialogue import Expectation
from services.errors import NotYours
from services.films.options import FilmOptions
from services.inquiries.improve import Improve
from services.soundtracks import Recording
from storage.database import Database
from storage.tables import User
from tests.media.music.recordings import wav_of_a_tone
from tests.support.builders import Shop, create_pack, create_user
from tests.support.database import ON_SQLITE, execute, rows
from tests.support.vendor import Vendor


@dataclass
class Belongings:
    """Ids of what Alice has."""

    draft: int
    busy: int
    album: int
    take: int
    job: int
    project: int
    placed: int
    """The draft of its first clip of two."""
    spare: int
    """Another take of it."""
    clip: int
    pack: int
    order: int
    inquiry: int
    film: int


PLAIN = FilmOptions(480, music=False, transition="cut", title=False)
Touch = Callable[[Shop, int, Belongings], Awaitable[object]]
SONG = Recording(wav_of_a_tone(1.0), "Mine")


async def watch(shop: Shop, who: int, its: Belongings) -> object:
    """Inside the messenger people are known by the id they have there."""
    ((there,),) = await rows(shop.db, "SELECT telegram_id FROM users WHERE id = :who", who=who)
    return await shop.screenings.own(there, its.project)


OWNED: dict[str, Touch] = {
    "drafts.get": lambda shop, who, its: shop.drafts.get(who, its.draft),
    "drafts.write_prompt": lambda shop, who, its: shop.drafts.write_prompt(who, its.draft, "mine now"),
    "drafts.write_album_prompt": lambda shop, who, its: shop.drafts.write_album_prompt(who, its.album, "mine now"),
    "drafts.choose": lambda shop, who, its: shop.drafts.choose(who, its.draft, "duration_s", 10),
    "drafts.choose_for_album": lambda shop, who, its: shop.drafts.choose_for_album(who, its.album, "duration_s", 10),
    "drafts.expect_prompt": lambda shop, who, its: shop.drafts.expect_prompt(who, its.draft),
    "drafts.close": lambda shop, who, its: shop.drafts.close(who, its.draft),
    "ordering.generate": lambda shop, who, its: shop.ordering.generate(who, its.draft, 0),
    "ordering.generate_album": lambda shop, who, its: shop.ordering.generate_album(who, its.album, 2),
    "ordering.order": lambda shop, who, its: shop.ordering.order(who, its.draft, 0),
    "ordering.order_album": lambda shop, who, its: shop.ordering.order_album(who, its.album, 2),
    "improve.ask": lambda shop, who, its: Improve(shop.db, on=True).ask(who, its.draft, after=its.inquiry),
    "improve.use": lambda shop, who, its: shop.improve.use(who, its.inquiry, over=True),
    "improve.keep": lambda shop, who, its: shop.improve.keep(who, its.inquiry),
    "improve.draft_of": lambda shop, who, its: shop.improve.draft_of(who, its.inquiry),
    "cards.draft": lambda shop, who, its: shop.cards.draft(who, its.draft),
    "cards.album": lambda shop, who, its: shop.cards.album(who, its.album),
    "cards.job": lambda shop, who, its: shop.cards.job(who, its.job),
    "cancel.draft": lambda shop, who, its: shop.cancel.draft(who, its.busy),
    "cancel.drafts": lambda shop, who, its: shop.cancel.drafts(who, [its.busy]),
    "takes.view": lambda shop, who, its: shop.takes.view(who, its.take),
    "takes.others": lambda shop, who, its: shop.takes.others(who, its.take),
    "takes.approve": lambda shop, who, its: shop.takes.approve(who, its.take),
    "takes.discard": lambda shop, who, its: shop.takes.discard(who, its.take),
    "takes.keep_after_all": lambda shop, who, its: shop.takes.keep_after_all(who, its.take),
    "projects.view": lambda shop, who, its: shop.projects.view(who, its.project),
    "projects.choose": lambda shop, who, its: shop.projects.choose(who, its.project),
    "projects.expect_name": lambda shop, who, its: shop.projects.expect_name(who, its.project),
    "projects.complete": lambda shop, who, its: shop.projects.complete(who, its.project),
    "projects.duplicate": lambda shop, who, its: shop.projects.duplicate(who, its.project, 2),
    "projects.delete": lambda shop, who, its: shop.projects.delete(who, its.project),
    "projects.bring_back": lambda shop, who, its: shop.projects.bring_back(who, its.project),
    "projects.choose_transition": lambda shop, who, its: shop.projects.choose_transition(who, its.project, "fade"),
    "editing.clip": lambda shop, who, its: shop.editing.clip(who, its.project, its.placed),
    "editing.move": lambda shop, who, its: shop.editing.move(who, its.project, its.placed, seen=1, to=2),
    "editing.remove": lambda shop, who, its: shop.editing.remove(who, its.project, its.placed),
    "editing.use": lambda shop, who, its: shop.editing.use(who, its.project, its.placed, its.spare),
    "editing.aim": lambda shop, who, its: shop.editing.aim(who, its.project, its.placed),
    "editing.expect_caption": lambda shop, who, its: shop.editing.expect_caption(who, its.project, its.placed),
    "editing.write_caption": lambda shop, who, its: shop.editing.write_caption(who, its.clip, "mine now"),
    "editing.clear_caption": lambda shop, who, its: shop.editing.clear_caption(who, its.project, its.placed),
    "soundtracks.of": lambda shop, who, its: shop.soundtracks.of(who, its.project),
    "soundtracks.expect_sent": lambda shop, who, its: shop.soundtracks.expect_sent(who, its.project),
    "soundtracks.send": lambda shop, who, its: shop.soundtracks.send(who, its.project, SONG),
    "soundtracks.choose": lambda shop, who, its: shop.soundtracks.choose(who, its.project, "calm", 32),
    "soundtracks.start_at": lambda shop, who, its: shop.soundtracks.start_at(who, its.project, 1.0),
    "soundtracks.expect_start": lambda shop, who, its: shop.soundtracks.expect_start(who, its.project),
    "soundtracks.fade": lambda shop, who, its: shop.soundtracks.fade(who, its.project, in_s=1.0),
    "soundtracks.loud": lambda shop, who, its: shop.soundtracks.loud(who, its.project, 50),
    "soundtracks.loop": lambda shop, who, its: shop.soundtracks.loop(who, its.project, False),
    "soundtracks.remove": lambda shop, who, its: shop.soundtracks.remove(who, its.project),
    "films.offer": lambda shop, who, its: shop.films.offer(who, its.project),
    "films.order": lambda shop, who, its: shop.films.order(who, its.project, PLAIN),
    "films.view": lambda shop, who, its: shop.films.view(who, its.film),
    "screenings.own": watch,
    "cancel.film": lambda shop, who, its: shop.cancel.film(who, its.film),
    "projects.rename": lambda shop, who, its: shop.projects.rename(who, its.project, "Mine now"),
    "sharing.share": lambda shop, who, its: shop.sharing.share(who, its.project),
    "sharing.revoke": lambda shop, who, its: shop.sharing.revoke(who, its.project),
    "storyboard.approve_all": lambda shop, who, its: shop.storyboard.approve_all(who, its.album),
    "sharing.facts": lambda shop, who, its: shop.sharing.facts(who, its.project),
    "orders.open": lambda shop, who, its: shop.orders.open(who, its.pack, "stars", draft_id=its.draft),
    "orders.view": lambda shop, who, its: shop.orders.view(who, its.order),
    "card_payments.recheck": lambda shop, who, its: shop.card_payments.recheck(who, its.order),
}
OF_ONESELF = {
    *("users.meet", "users.get", "users.choose_language", "users.choose_defaults", "users.mark_unreachable"),
    *("users.want_news",),
    *("dialogue.expect", "drafts.open", "cards.in_the_making", "projects.list", "projects.start", "wallet.statement"),
    *("projects.current",),
    *("takes.send_what_never_arrived", "referrals.invitation", "referrals.enter", "referrals.gift", "promos.redeem"),
    *("codes.redeem", "wallet.balance", "orders.by_token", "sharing.mine", "receipts.of"),
    *("support.ask", "support.expect_question", "personal_data.copy", "personal_data.delete"),
    *("films.in_the_making", "films.send_what_never_arrived"),
}
"""Take no id but the user's own."""
OF_THE_HOUSE = {
    *("drafts.photo", "drafts.show", "drafts.show_album", "drafts.let_go_of_card", "cards.working", "cards.lengths"),
    *("cards.shapes", "takes.video", "takes.thumbnail", "takes.sent"),
    *("staff.actor", "staff.members", "staff.appoint", "staff.dismiss", "audit.listed", "figures.report"),
    *("people.find", "people.view", "people.jobs", "people.friends", "helping.adjust", "helping.write"),
    *("banning.ban", "banning.unban", "banning.tell", "cancel.everything"),
    *("staff.find", "soundtracks.fit", "cards.is_worked_on"),
    *("personal_data.hand_over", "personal_data.delete_for"),
    *(
        "live.tell",
        "live.values",
        "live.refresh",
        "live.follow",
        "live.set",
        "live.history",
        "live.standing",
        "live.change",
    ),
    *("sheets.job", "sheets.live", "sheets.vendors", "sheets.vendor", "steering.fail", "steering.move"),
    *("pausing.pause", "pausing.resume", "closing.words", "closing.words_for", "closing.is_to_be_told"),
    *("closing.check", "closing.close", "closing.open"),
    *("live.check", *(f"catalogue.{name}" for name in vars(Catalogue) if not name.startswith("_"))),
    *("broadcasts.expect", "broadcasts.draft", "broadcasts.view", "broadcasts.listed", "broadcasts.aim"),
    *("broadcasts.drop", "broadcasts.start", "broadcasts.stop", "broadcasts.recall", "broadcasts.carded"),
    "broadcasts.carded_anew",
    *("packs.listed", "packs.view", "packs.currency", "packs.consider", "packs.checkouts"),
    *("packs.add", "packs.change", "packs.sell", "looks.shown", "looks.want"),
    *("reports.waiting", "reports.find", "reports.view", "reports.answer", "reports.close"),
    *("users.find", "users.by_telegram_id", "support.contact", "promos.create", "promos.listed", "promos.stop"),
    *("orders.offers", "orders.check", "orders.shown", "receipts.one", "receipts.repaid"),
    *("stars.paid", "stars.refunded", "stars.give_back", "stars.reconcile"),
    *("card_payments.handle", "card_payments.returned", "card_payments.refund"),
    *("sharing.shown", "cards.models", "dead.overview", "dead.listed", "dead.retry"),
    *("payments.unmatched", "payments.find", "payments.view", "payments.refund", "payments.assign"),
    *("soundtracks.made", "soundtracks.audio", "soundtracks.sent", "soundtracks.fitted"),
    *("outbox.claim", "outbox.mark_sent", "outbox.give_up", "outbox.postpone", "outbox.forget_settled"),
    *("screenings.shared", "screenings.announced", "screenings.picture", "screenings.origin"),
    *("takes.link", "films.video", "films.thumbnail", "films.link", "films.show", "films.let_go_of_card", "films.sent"),
}
"""Called by our own processes with what they have looked up, by owners, or by who has the token of a link."""


@dataclass(frozen=True)
class Town:
    """Where Alice lives with all she has, and Bob with nothing."""

    alice: User
    bob: User
    its: Belongings
    database: Path
    objects: Path


@pytest.fixture(scope="module")
def town(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Town:
    """Built once: that takes half a second, and each test gets a copy."""
    folder = tmp_path_factory.mktemp("town")
    return asyncio.run(_build(Path(shutil.copyfile(sqlite_template, folder / "echoes.db")), folder / "objects"))


async def _build(database: Path, objects: Path) -> Town:
    db = Database(f"sqlite+aiosqlite:///{database}")
    try:
        alice = await create_user(db, "Alice", credits_=30)
        its = await _belongings(Shop(db, objects, Vendor()), alice)
        return Town(alice, await create_user(db, "Bob"), its, database, objects)
    finally:
        await db.close()


@pytest.fixture
def db_url(db_url: str, town: Town) -> str:
    shutil.copyfile(town.database, make_url(db_url).database or "")
    return db_url


@pytest.fixture
def shop(db: Database, tmp_path: Path, vendor: Vendor, town: Town) -> Shop:
    return Shop(db, Path(shutil.copytree(town.objects, tmp_path / "objects")), vendor)


@pytest.fixture
def alice(town: Town) -> User:
    return town.alice


@pytest.fixture
def bob(town: Town) -> User:
    return town.bob


@pytest.fixture
def belongings(town: Town) -> Belongings:
    return town.its


async def _belongings(shop: Shop, alice: User) -> Belongings:
    take = await shop.take_of(alice)
    view, _ = await shop.takes.approve(alice.id, (await shop.take_of(alice)).id)
    placed = view.draft
    await shop.takes.approve(alice.id, (await shop.take_of(alice)).id)
    spare = await shop.take_of(alice, placed)
    ((clip,),) = await rows(shop.db, "SELECT id FROM clips WHERE position = 1")
    draft = await shop.draft_of(alice, album="together")
    its = {"album": draft.album_id, "draft": take.draft_id}
    await execute(shop.db, "UPDATE drafts SET album_id = :album WHERE id = :draft", **its)
    job = await shop.job_of(alice, await shop.draft_of(alice, album="together"))
    assert view.project is not None
    assert draft.album_id is not None
    pack = await create_pack(shop.db)
    order = (await shop.orders.open(alice.id, pack.id, "stripe")).order
    await Improve(shop.db, on=True).ask(alice.id, draft.id, after=0)
    await execute(shop.db, "UPDATE inquiries SET state = 'answered', answer = 'better words'")
    ((inquiry,),) = await rows(shop.db, "SELECT id FROM inquiries")
    film = (await shop.films.order(alice.id, view.project.id, PLAIN)).film
    await shop.store.put("music/made/calm-32-v1.m4a", b"a tune", "audio/mp4")
    await shop.soundtracks.choose(alice.id, view.project.id, "calm", 32)
    return Belongings(
        draft=draft.id,
        busy=job.draft_id or 0,
        album=draft.album_id,
        take=take.id,
        job=job.id,
        project=view.project.id,
        placed=placed.id,
        spare=spare.id,
        clip=clip,
        pack=pack.id,
        order=order.id,
        inquiry=inquiry,
        film=film.id,
    )


async def everything(db: Database) -> list[object]:
    tables = (
        "users",
        "accounts",
        "transfers",
        "holds",
        "jobs",
        "drafts",
        "albums",
        "takes",
        "projects",
        "clips",
        "orders",
        "films",
    )
    return [await rows(db, f"SELECT * FROM {table} ORDER BY id") for table in (*tables, "outbox")]  # noqa: S608


@ON_SQLITE
@pytest.mark.parametrize("name", OWNED)
async def test_a_stranger_is_refused_and_changes_nothing(
    db: Database, shop: Shop, bob: User, belongings: Belongings, name: str
) -> None:
    before = await everything(db)

    with pytest.raises(NotYours):
        await OWNED[name](shop, bob.id, belongings)

    assert await everything(db) == before


@ON_SQLITE
@pytest.mark.parametrize("name", OWNED)
async def test_what_does_not_exist_gets_the_same_answer(shop: Shop, bob: User, name: str) -> None:
    nothing = Belongings(**{field.name: 2**40 for field in fields(Belongings)})

    with pytest.raises(NotYours):
        await OWNED[name](shop, bob.id, nothing)


@ON_SQLITE
@pytest.mark.parametrize("name", OWNED)
async def test_its_owner_is_not_a_stranger(shop: Shop, alice: User, belongings: Belongings, name: str) -> None:
    await OWNED[name](shop, alice.id, belongings)


@ON_SQLITE
async def test_cancelling_does_not_tell_whether_a_stranger_s_draft_is_being_made(
    shop: Shop, bob: User, belongings: Belongings
) -> None:
    with pytest.raises(NotYours):
        await shop.cancel.draft(bob.id, belongings.draft)


@ON_SQLITE
async def test_a_stranger_among_several_drafts_spoils_the_cancelling_of_all(
    shop: Shop, alice: User, bob: User, belongings: Belongings
) -> None:
    own = await shop.job_of(bob)

    with pytest.raises(NotYours):
        await shop.cancel.drafts(bob.id, [own.draft_id or 0, belongings.busy])

    assert (await shop.job(own.id)).state == "queued"
    assert (await shop.job(belongings.job)).state == "queued"


@ON_SQLITE
async def test_lists_and_statements_show_only_one_s_own(shop: Shop, bob: User, belongings: Belongings) -> None:
    assert await shop.projects.list(bob.id) == []
    assert await shop.cards.in_the_making(bob.id) == []
    assert [entry.kind for entry in (await shop.wallet.statement(bob.id)).entries] == ["signup"]


@ON_SQLITE
async def test_what_another_expects_of_a_text_is_theirs(shop: Shop, db: Database, alice: User, bob: User) -> None:
    await shop.dialogue.expect(bob.id, Expectation("draft_prompt", 1))

    assert await rows(db, "SELECT dialogue FROM users WHERE id = :id", id=alice.id) in ([("{}",)], [({},)])


def test_every_use_case_stands_in_a_table() -> None:
    hints = inspect.get_annotations(Services, eval_str=True)
    methods = {
        f"{field}.{name}"
        for field, service in hints.items()
        for name, member in vars(service).items()
        if not name.startswith("_") and (inspect.isfunction(member) or isinstance(member, property))
    }

    assert methods == OWNED.keys() | OF_ONESELF | OF_THE_HOUSE
