"""The auditor: reads the raw rows with plain SQL and says what does not add up.

It shares no code with the ledger, so that a mistake there cannot hide itself here. Every query finds offenders; a
sound database answers all of them with nothing.
"""

from __future__ import annotations

from sqlalchemy import TextClause, text

from storage.database import Database

_MONEY = {
    "I1: the sum of all balances is 0": """
        SELECT total FROM (SELECT SUM(balance) AS total FROM accounts) x WHERE total <> 0""",
    "I1: replaying the transfers gives each balance": """
        SELECT id, kind, balance FROM accounts a WHERE balance <>
              COALESCE((SELECT SUM(t.amount) FROM transfers t WHERE t.target_id = a.id), 0)
            - COALESCE((SELECT SUM(t.amount) FROM transfers t WHERE t.source_id = a.id), 0)""",
    "I2: nobody has less than nothing": """
        SELECT id, balance FROM accounts WHERE user_id IS NOT NULL AND balance < 0""",
    "every user has both pockets": """
        SELECT u.id FROM users u LEFT JOIN accounts a ON a.user_id = u.id AND a.kind IN ('available', 'held')
        GROUP BY u.id HAVING COUNT(a.id) <> 2""",
    "what is held is the sum of the open holds": """
        SELECT a.user_id, a.balance FROM accounts a WHERE a.kind = 'held' AND a.balance <>
        COALESCE((SELECT SUM(h.amount) FROM holds h WHERE h.user_id = a.user_id AND h.state = 'held'), 0)""",
    "I3: a hold took its amount once": """
        SELECT h.id FROM holds h
        WHERE 1 <> (SELECT COUNT(*) FROM transfers t WHERE t.hold_id = h.id AND t.kind = 'hold')""",
    "I3: a hold is resolved exactly once": """
        SELECT h.id, h.state FROM holds h WHERE (CASE WHEN h.state = 'held' THEN 0 ELSE 1 END) <>
        (SELECT COUNT(*) FROM transfers t WHERE t.hold_id = h.id AND t.kind <> 'hold')""",
    "I3: each transfer of a hold goes where its kind says": """
        SELECT t.id, t.kind, h.state FROM holds h
        JOIN transfers t ON t.hold_id = h.id
        JOIN accounts s ON s.id = t.source_id
        JOIN accounts g ON g.id = t.target_id
        WHERE t.amount <> h.amount OR t.user_id <> h.user_id OR NOT COALESCE(
            (t.kind = 'hold' AND s.user_id = h.user_id AND s.kind = 'available'
                AND g.user_id = h.user_id AND g.kind = 'held')
         OR (t.kind = 'release' AND h.state = 'released' AND s.user_id = h.user_id AND s.kind = 'held'
                AND g.user_id = h.user_id AND g.kind = 'available')
         OR (t.kind = 'generation' AND h.state = 'captured' AND s.user_id = h.user_id AND s.kind = 'held'
                AND g.user_id IS NULL AND g.kind = 'revenue'), FALSE)""",
    "only transfers of holds are of their kinds": """
        SELECT id, kind FROM transfers WHERE (hold_id IS NULL) = (kind IN ('hold', 'release', 'generation'))""",
}
_WORK = {
    "I3: a job is terminal if and only if its hold is resolved": """
        SELECT j.id, j.state, h.state FROM jobs j JOIN holds h ON h.id = j.hold_id
        WHERE (j.state IN ('succeeded', 'failed', 'cancelled')) <> (h.state <> 'held')""",
    "I4: captured if and only if succeeded": """
        SELECT j.id, j.state, h.state FROM jobs j JOIN holds h ON h.id = j.hold_id
        WHERE (j.state = 'succeeded') <> (h.state = 'captured')""",
    "I4: a clip job succeeded if and only if there is a take of it": """
        SELECT j.id, j.state, COUNT(t.id) FROM jobs j LEFT JOIN takes t ON t.job_id = j.id WHERE j.kind = 'clip'
        GROUP BY j.id, j.state HAVING COUNT(t.id) <> (CASE WHEN j.state = 'succeeded' THEN 1 ELSE 0 END)""",
    "a job, its hold and its take are one person's, for one price": """
        SELECT j.id FROM jobs j JOIN holds h ON h.id = j.hold_id LEFT JOIN takes t ON t.job_id = j.id
        WHERE h.user_id <> j.user_id OR h.amount <> j.price OR t.user_id <> j.user_id OR t.draft_id <> j.draft_id""",
    "a draft is being worked on while one job of it lives": """
        SELECT d.id, d.state, COUNT(j.id) FROM drafts d
        LEFT JOIN jobs j ON j.draft_id = d.id AND j.state NOT IN ('succeeded', 'failed', 'cancelled')
        GROUP BY d.id, d.state HAVING COUNT(j.id) <> (CASE WHEN d.state = 'working' THEN 1 ELSE 0 END)""",
    "I10: a job's end is told once, and as what it was": """
        WITH told AS (
            SELECT j.id, j.state, j.user_id, o.key, o.user_id AS to_user FROM jobs j JOIN outbox o
            ON o.key IN ('clip_ready:' || j.id, 'clip_failed:' || j.id, 'clip_cancelled:' || j.id))
        SELECT id, state, 'told otherwise' FROM told WHERE to_user <> user_id OR key <> CASE state
            WHEN 'succeeded' THEN 'clip_ready:' WHEN 'failed' THEN 'clip_failed:'
            WHEN 'cancelled' THEN 'clip_cancelled:' ELSE 'nothing:' END || id
        UNION ALL
        SELECT id, state, 'never told' FROM jobs WHERE kind = 'clip'
        AND state IN ('succeeded', 'failed', 'cancelled') AND id NOT IN (SELECT id FROM told)""",
    "the clips of a project stand at 1, 2, 3 …": """
        SELECT project_id FROM clips GROUP BY project_id HAVING MAX(position) <> COUNT(*) OR MIN(position) <> 1""",
}
_HOLDS_OF_JOBS = {
    "a hold and its job come together": """
        SELECT h.id FROM holds h LEFT JOIN jobs j ON j.hold_id = h.id WHERE j.id IS NULL""",
}


async def findings(db: Database, *, holds_without_jobs: bool = False) -> list[str]:
    """What does not add up: a line for each broken rule, with the first few offenders."""
    rules = _MONEY | _WORK | ({} if holds_without_jobs else _HOLDS_OF_JOBS)
    asked = list(rules)
    exist = " UNION ALL ".join(f"SELECT {place} WHERE EXISTS ({rules[rule]})" for place, rule in enumerate(asked))
    async with db.reading() as session:
        broken = [asked[place] for place in (await session.execute(_sql(exist))).scalars()]
        offenders = [(rule, (await session.execute(_sql(rules[rule]))).all()) for rule in broken]
    return [f"{rule}, but: {[tuple(row) for row in found[:5]]}" for rule, found in offenders]


def _sql(query: str) -> TextClause:
    # The colon before a quote belongs to a key of the outbox and is no parameter.
    return text(query.replace(":'", "\\:'"))


async def audit(db: Database, *, holds_without_jobs: bool = False) -> None:
    """Raises AssertionError when anything does not add up."""
    found = await findings(db, holds_without_jobs=holds_without_jobs)
    assert not found, "\n".join(found)
