"""Whoever brings a friend is rewarded once the friend is a customer, whatever comes first, and not before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services import ledger
from services.errors import CodeNotValid
from services.referrals import CODE_LENGTH, LETTERS, Referrals, join
from storage.database import Database
from storage.tables import User
from tests.support.builders import START, Shop, create_user, values
from tests.support.customers import approves_a_clip, buys, dispute_is, gets_back, newcomer
from tests.support.database import ON_POSTGRES, ON_SQLITE, execute, rows, until_somebody_waits_for_a_lock

EACH = START.referral_credits
"""Enough for one clip of the shop's vendor, and no more."""
CLIP = 2


async def code_of(shop: Shop, user: User) -> str:
    return (await shop.referrals.invitation(user.id)).code


async def friend_of(shop: Shop, inviter: User, *, credits_: int = 0) -> User:
    return await newcomer(shop.db, "Carol", link=f"ref_{await code_of(shop, inviter)}", credits_=credits_)


async def state(db: Database) -> list[tuple[str, int]]:
    """Of every referral, and how often credits moved because of it."""
    return [(state, moves) for state, moves in await rows(db, "SELECT state, moves FROM referrals ORDER BY id")]


async def told(db: Database, user: User) -> list[str]:
    found = await rows(
        db, "SELECT kind FROM outbox WHERE user_id = :id AND kind LIKE 'referral%' ORDER BY id", id=user.id
    )
    return [kind for (kind,) in found]


async def has(shop: Shop, user: User) -> int:
    """Available credits, or below 0 what they owe."""
    balance = await shop.wallet.balance(user.id)
    return balance.available - balance.debt


@pytest.fixture
async def carol(shop: Shop, alice: User) -> User:
    """Came by Alice's link. Has what she got for that, and nothing else."""
    return await friend_of(shop, alice)


@ON_SQLITE
async def test_a_code_is_made_once_and_easy_to_read_out(shop: Shop, alice: User) -> None:
    codes = {await code_of(shop, alice) for _ in range(3)}
    codes |= set(await asyncio.gather(*(code_of(shop, alice) for _ in range(10))))

    (code,) = codes
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(LETTERS)
    assert not set(LETTERS) & set("0O1IL")


async def test_many_who_ask_at_once_for_the_first_time_get_one_code(shop: Shop, alice: User) -> None:
    assert len(set(await asyncio.gather(*(code_of(shop, alice) for _ in range(20))))) == 1


async def test_the_invited_get_their_credits_at_once_and_the_inviter_is_told(
    db: Database, shop: Shop, alice: User, carol: User
) -> None:
    assert (await has(shop, carol), await has(shop, alice)) == (EACH, 10)
    assert await told(db, alice) == ["referral_joined"]
    invitation = await shop.referrals.invitation(alice.id)
    assert (invitation.joined, invitation.vested, invitation.earned) == (1, 0, 0)


async def test_the_inviter_gets_theirs_when_a_clip_paid_with_bought_credits_is_approved(
    db: Database, shop: Shop, alice: User, carol: User
) -> None:
    await approves_a_clip(shop, carol)  # with the given credits
    await buys(shop, carol)
    assert await state(db) == [("joined", 0)]

    await approves_a_clip(shop, carol)

    assert await state(db) == [("vested", 1)]
    assert await has(shop, alice) == 10 + EACH
    assert await told(db, alice) == ["referral_joined", "referral_vested"]
    invitation = await shop.referrals.invitation(alice.id)
    assert (invitation.joined, invitation.vested, invitation.earned) == (1, 1, EACH)


@ON_SQLITE
async def test_it_vests_once_however_many_clips_follow(db: Database, shop: Shop, alice: User, carol: User) -> None:
    await buys(shop, carol)
    for _ in range(4):
        await approves_a_clip(shop, carol)

    assert await state(db) == [("vested", 1)]
    assert await has(shop, alice) == 10 + EACH


@ON_SQLITE
async def test_a_clip_that_was_only_made_earns_nothing(db: Database, shop: Shop, carol: User) -> None:
    await buys(shop, carol)
    for _ in range(3):
        await shop.take_of(carol)

    assert await state(db) == [("joined", 0)]


async def customer(shop: Shop, friend: User) -> None:
    """They used up what they were given, so that the next clip is paid with bought credits."""
    await shop.take_of(friend)


async def test_what_was_earned_goes_back_with_the_friend_s_money(
    db: Database, shop: Shop, alice: User, carol: User
) -> None:
    await customer(shop, carol)
    charge = await buys(shop, carol)
    await approves_a_clip(shop, carol)

    await gets_back(shop, charge)

    assert await state(db) == [("revoked", 2)]
    assert await has(shop, alice) == 10
    assert await told(db, alice) == ["referral_joined", "referral_vested", "referral_revoked"]
    assert (await shop.referrals.invitation(alice.id)).earned == 0


async def test_what_the_inviter_has_spent_meanwhile_they_owe(shop: Shop, alice: User, carol: User) -> None:
    await customer(shop, carol)
    charge = await buys(shop, carol)
    await approves_a_clip(shop, carol)
    for _ in range((10 + EACH) // CLIP):
        await shop.take_of(alice)

    await gets_back(shop, charge)

    assert await has(shop, alice) == -EACH


@ON_SQLITE
async def test_a_part_of_the_money_may_go_back_while_the_clip_is_still_paid_for(
    db: Database, shop: Shop, carol: User
) -> None:
    await customer(shop, carol)
    charge = await buys(shop, carol)
    await approves_a_clip(shop, carol)

    await gets_back(shop, charge, charge.amount * 8 // 10)
    assert await state(db) == [("vested", 1)]

    await gets_back(shop, charge, charge.amount // 10)
    assert await state(db) == [("revoked", 2)]


async def test_a_dispute_that_is_won_gives_it_again(db: Database, shop: Shop, alice: User, carol: User) -> None:
    await customer(shop, carol)
    charge = await buys(shop, carol)
    await approves_a_clip(shop, carol)

    await dispute_is(shop, charge, "needs_response")
    assert await state(db) == [("revoked", 2)]
    await dispute_is(shop, charge, "won")

    assert await state(db) == [("vested", 3)]
    assert await has(shop, alice) == 10 + EACH


@ON_SQLITE
async def test_a_clip_approved_after_its_money_went_back_earns_nothing_until_money_comes_again(
    db: Database, shop: Shop, alice: User, carol: User
) -> None:
    await customer(shop, carol)
    charge = await buys(shop, carol)
    take = await shop.take_of(carol)
    await gets_back(shop, charge)
    await shop.takes.approve(carol.id, take.id)
    assert await state(db) == [("joined", 0)]

    await buys(shop, carol)

    assert await state(db) == [("vested", 1)]
    assert await has(shop, alice) == 10 + EACH


@ON_SQLITE
async def test_another_clip_can_stand_in_for_one_whose_money_went_back_in_part(
    db: Database, shop: Shop, carol: User
) -> None:
    await customer(shop, carol)
    charge = await buys(shop, carol, 10)
    dear = await shop.draft_of(carol)
    await shop.drafts.choose(carol.id, dear.id, "duration_s", 10)
    take = await shop.take_of(carol, dear)
    await shop.takes.approve(carol.id, take.id)
    await approves_a_clip(shop, carol)
    ((first,),) = await rows(db, "SELECT hold_id FROM referrals")

    await gets_back(shop, charge, charge.amount * 8 // 10)

    assert await state(db) == [("vested", 1)]
    assert await rows(db, "SELECT hold_id FROM referrals") != [(first,)]


@ON_SQLITE
async def test_by_the_other_rule_the_first_approved_clip_is_enough_and_stays_so(
    db: Database, shop: Shop, alice: User
) -> None:
    lenient = Referrals(db, values(referral_vests="approved"))
    carol = await create_user(db, "Carol")
    await lenient.enter(carol.id, await code_of(shop, alice))
    charge = await buys(shop, carol)
    assert await state(db) == [("joined", 0)]

    await approves_a_clip(shop, carol)
    await gets_back(shop, charge)

    assert await state(db) == [("vested", 1)]
    assert await has(shop, alice) == 10 + EACH


@ON_SQLITE
async def test_what_was_promised_is_what_the_inviter_gets(db: Database, shop: Shop, alice: User, carol: User) -> None:
    dearer = Referrals(db, values(referral_credits=50))
    await customer(shop, carol)
    await buys(shop, carol)

    await approves_a_clip(shop, carol)

    assert (await dearer.invitation(alice.id)).earned == EACH
    assert await has(shop, alice) == 10 + EACH


@ON_SQLITE
async def test_without_a_reward_friends_are_counted_and_nothing_moves(db: Database, shop: Shop, alice: User) -> None:
    unpaid = Referrals(db, values(referral_credits=0))
    carol = await create_user(db, "Carol", credits_=0)
    assert await unpaid.enter(carol.id, await code_of(shop, alice)) == 0
    await buys(shop, carol)
    await approves_a_clip(shop, carol)

    assert await state(db) == [("vested", 1)]
    assert (await has(shop, alice), await has(shop, carol)) == (10, 10 - CLIP)
    assert await told(db, alice) == ["referral_joined"]


async def why(attempt: Awaitable[object]) -> str:
    with pytest.raises(CodeNotValid) as refused:
        await attempt
    return refused.value.why


@ON_SQLITE
async def test_one_s_own_code_is_worth_nothing(db: Database, shop: Shop, alice: User) -> None:
    assert await why(shop.referrals.enter(alice.id, await code_of(shop, alice))) == "own"
    assert await rows(db, "SELECT id FROM referrals") == []


@ON_SQLITE
async def test_a_second_friend_s_code_is_worth_nothing(db: Database, shop: Shop, bob: User, carol: User) -> None:
    assert await why(shop.referrals.enter(carol.id, await code_of(shop, bob))) == "already_invited"
    assert await has(shop, carol) == EACH
    assert len(await state(db)) == 1


@ON_SQLITE
async def test_a_ring_cannot_be_closed(shop: Shop, alice: User, carol: User) -> None:
    assert await why(shop.referrals.enter(alice.id, await code_of(shop, carol))) == "not_yet"


@ON_SQLITE
async def test_a_longer_ring_cannot_be_closed_either(shop: Shop, alice: User, carol: User) -> None:
    dave = await friend_of(shop, carol)
    assert await why(shop.referrals.enter(alice.id, await code_of(shop, dave))) == "not_yet"


async def test_a_code_can_be_typed_within_seven_days(db: Database, shop: Shop, alice: User) -> None:
    carol = await create_user(db, "Carol", credits_=0)
    await registered_days_ago(db, carol, 6.9)
    assert await shop.referrals.enter(carol.id, await code_of(shop, alice)) == EACH


async def test_and_not_later(db: Database, shop: Shop, alice: User) -> None:
    carol = await create_user(db, "Carol")
    await registered_days_ago(db, carol, 7.1)
    assert await why(shop.referrals.enter(carol.id, await code_of(shop, alice))) == "too_late"


async def registered_days_ago(db: Database, user: User, days: float) -> None:
    seconds = int(days * 86_400)
    then = f"datetime('now', '-{seconds} seconds')" if db.is_sqlite else f"now() - interval '{seconds} seconds'"
    await execute(db, f"UPDATE users SET created_at = {then} WHERE id = :id", id=user.id)  # noqa: S608 - a number, ours


@pytest.mark.parametrize("code", ["", "NOSUCHCD", "%", "'; DROP TABLE users; --", "A" * 500])
@ON_SQLITE
async def test_a_code_of_nobody_is_unknown(shop: Shop, bob: User, code: str) -> None:
    assert await why(shop.referrals.enter(bob.id, code)) == "unknown"


@ON_SQLITE
async def test_a_clip_approved_before_the_code_was_typed_counts_too(db: Database, shop: Shop, alice: User) -> None:
    carol = await create_user(db, "Carol", credits_=0)
    await buys(shop, carol)
    await approves_a_clip(shop, carol)

    await shop.referrals.enter(carol.id, await code_of(shop, alice))

    assert await state(db) == [("vested", 1)]


async def test_the_same_code_twenty_times_at_once_counts_once(db: Database, shop: Shop, alice: User, bob: User) -> None:
    code = await code_of(shop, alice)

    ends = await asyncio.gather(*(shop.referrals.enter(bob.id, code) for _ in range(20)), return_exceptions=True)

    assert ends.count(EACH) == 1
    assert sum(isinstance(end, CodeNotValid) for end in ends) == 19
    assert await has(shop, bob) == 10 + EACH


async def test_codes_of_two_friends_at_once_count_as_one_of_them(db: Database, shop: Shop, alice: User) -> None:
    dave = await create_user(db, "Dave")
    carol = await create_user(db, "Carol")
    codes = [await code_of(shop, alice), await code_of(shop, dave)]

    ends = await asyncio.gather(*(shop.referrals.enter(carol.id, code) for code in codes * 5), return_exceptions=True)

    assert ends.count(EACH) == 1
    assert len(await state(db)) == 1


async def test_approving_and_a_refund_at_the_same_moment_end_as_the_facts_say(
    db: Database, shop: Shop, alice: User
) -> None:
    friends = [await friend_of(shop, alice) for _ in range(4)]
    paths = []
    for friend in friends:
        await customer(shop, friend)
        charge = await buys(shop, friend)
        take = await shop.take_of(friend)
        paths += [shop.takes.approve(friend.id, take.id), gets_back(shop, charge)]

    await asyncio.gather(*paths)

    assert {end for end, _ in await state(db)} <= {"joined", "revoked"}
    assert await has(shop, alice) == 10


@ON_POSTGRES
async def test_a_chain_of_friends_who_all_approve_and_pay_at_once_never_stands_still(
    db: Database, shop: Shop, alice: User
) -> None:
    chain = [alice]
    for _ in range(4):
        chain.append(await friend_of(shop, chain[-1]))
    steps: list[Callable[[], Awaitable[object]]] = []
    for one in chain:
        await buys(shop, one)
        for _ in range(2):
            take = await shop.take_of(one)
            steps.append(lambda one=one, take=take: shop.takes.approve(one.id, take.id))  # type: ignore[misc]
        charge = await buys(shop, one)
        steps.append(lambda charge=charge: gets_back(shop, charge))  # type: ignore[misc]
        steps.append(lambda one=one: buys(shop, one))  # type: ignore[misc]

    await asyncio.gather(*(step() for step in steps))

    assert {end for end, _ in await state(db)} == {"vested"}


@ON_POSTGRES
@pytest.mark.parametrize("step", ["approve", "refund"])
async def test_of_two_people_s_credits_the_elder_s_are_locked_first(
    db: Database, shop: Shop, alice: User, carol: User, step: str
) -> None:
    """Somebody else has Alice's pockets and needs Carol's next: had we taken Carol's, neither could go on."""
    await customer(shop, carol)
    charge = await buys(shop, carol)
    await approves_a_clip(shop, carol)
    take = await shop.take_of(carol)

    async with db.transaction() as session:
        await ledger.lock(session, alice.id)
        ours = shop.takes.approve(carol.id, take.id) if step == "approve" else gets_back(shop, charge)
        waiting = asyncio.create_task(ours)
        await until_somebody_waits_for_a_lock(db)
        await ledger.lock(session, alice.id, carol.id)

    await waiting


@ON_SQLITE
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(["buy", "approve", "refund", "join"]))
async def test_the_order_of_things_does_not_matter(db: Database, shop: Shop, alice: User, order: list[str]) -> None:
    """What must come first comes first: no refund without a payment, no clip without credits."""
    code = await code_of(shop, alice)
    carol = await create_user(db, "Carol", credits_=0)
    before = await has(shop, alice)
    charge = await buys(shop, carol)
    take = await shop.take_of(carol)
    for step in order:
        if step == "buy":
            await buys(shop, carol, 20)
        elif step == "approve":
            await shop.takes.approve(carol.id, take.id)
        elif step == "refund":
            await gets_back(shop, charge)
        else:
            await shop.referrals.enter(carol.id, code)

    (outcome, *_) = (await rows(db, "SELECT state FROM referrals ORDER BY id DESC LIMIT 1"))[0]
    assert outcome == "vested"
    assert await has(shop, alice) == before + EACH


async def test_joining_is_part_of_what_it_is_done_in(db: Database, shop: Shop, alice: User, bob: User) -> None:
    code = await code_of(shop, alice)

    async def half_done() -> None:
        async with db.transaction() as session:
            await join(session, bob.id, code, "code", START)
            raise RuntimeError("a fault further on")

    with pytest.raises(RuntimeError, match="further on"):
        await half_done()

    assert await rows(db, "SELECT id FROM referrals") == []
    assert await has(shop, bob) == 10
