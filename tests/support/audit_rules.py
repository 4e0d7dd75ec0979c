"""What must hold of the rows, each rule as a query in plain SQL that finds whoever breaks it."""

from __future__ import annotations

MONEY = {
    "I1: the sum of all balances is 0": """
        SELECT total FROM (SELECT SUM(balance) AS total FROM accounts) x WHERE total <> 0""",
    "I1: replaying the transfers gives each balance": """
        SELECT id, kind, balance FROM accounts a WHERE balance <>
              COALESCE((SELECT SUM(t.amount) FROM transfers t WHERE t.target_id = a.id), 0)
            - COALESCE((SELECT SUM(t.amount) FROM transfers t WHERE t.source_id = a.id), 0)""",
    "I2: nobody has less than nothing": """
        SELECT id, balance FROM accounts WHERE user_id IS NOT NULL AND kind <> 'debt' AND balance < 0""",
    "a debt is nothing or less, and who owes has nothing available": """
        SELECT d.user_id, d.balance, a.balance FROM accounts d JOIN accounts a ON a.user_id = d.user_id
        WHERE d.kind = 'debt' AND a.kind = 'available' AND (d.balance > 0 OR (d.balance < 0 AND a.balance > 0))""",
    "every user has all three pockets": """
        SELECT u.id FROM users u LEFT JOIN accounts a ON a.user_id = u.id AND a.kind IN ('available', 'held', 'debt')
        GROUP BY u.id HAVING COUNT(a.id) <> 3""",
    "credits come to people from the house, are theirs, and pay what they owe": """
        SELECT t.id, t.kind, t.amount FROM transfers t
        JOIN accounts s ON s.id = t.source_id
        JOIN accounts g ON g.id = t.target_id
        WHERE t.hold_id IS NULL AND NOT COALESCE(
            (t.kind = 'repayment' AND s.user_id = t.user_id AND s.kind = 'available'
                AND g.user_id = t.user_id AND g.kind = 'debt')
         OR (t.kind <> 'repayment' AND s.user_id IS NULL AND s.kind IN ('grants', 'purchases')
                AND g.user_id = t.user_id AND g.kind = 'available')
         OR (t.kind <> 'repayment' AND s.user_id = t.user_id AND s.kind IN ('available', 'debt')
                AND g.user_id IS NULL AND g.kind IN ('grants', 'purchases')), FALSE)""",
    "what is held is the sum of the open holds": """
        SELECT a.user_id, a.balance FROM accounts a WHERE a.kind = 'held' AND a.balance <>
        COALESCE((SELECT SUM(h.amount) FROM holds h WHERE h.user_id = a.user_id AND h.state = 'held'), 0)""",
    "I3: a hold took its amount once": """
        SELECT h.id FROM holds h
        WHERE 1 <> (SELECT COUNT(*) FROM transfers t WHERE t.hold_id = h.id AND t.kind = 'hold')""",
    "I3: a hold is resolved exactly once": """
        SELECT id, state FROM (SELECT h.id, h.state, h.amount,
            (SELECT COUNT(*) FROM transfers t WHERE t.hold_id = h.id AND t.kind = 'generation') AS captures,
            (SELECT COUNT(*) FROM transfers t WHERE t.hold_id = h.id AND t.kind = 'release') AS releases,
            COALESCE((SELECT SUM(t.amount) FROM transfers t WHERE t.hold_id = h.id AND t.kind <> 'hold'), 0) AS gone
            FROM holds h) x
        WHERE captures <> (CASE WHEN state = 'captured' THEN 1 ELSE 0 END) OR gone <> (CASE WHEN state = 'held' THEN 0
            ELSE amount END) OR releases > (CASE WHEN state = 'held' THEN 0 ELSE 1 END)""",
    "I3: each transfer of a hold goes where its kind says": """
        SELECT t.id, t.kind, h.state FROM holds h
        JOIN transfers t ON t.hold_id = h.id
        JOIN accounts s ON s.id = t.source_id
        JOIN accounts g ON g.id = t.target_id
        WHERE t.user_id <> h.user_id OR NOT COALESCE(
            (t.kind = 'hold' AND t.amount = h.amount AND s.user_id = h.user_id AND s.kind = 'available'
                AND g.user_id = h.user_id AND g.kind = 'held')
         OR (t.kind = 'release' AND h.state <> 'held' AND s.user_id = h.user_id AND s.kind = 'held'
                AND g.user_id = h.user_id AND g.kind = 'available')
         OR (t.kind = 'generation' AND h.state = 'captured' AND s.user_id = h.user_id AND s.kind = 'held'
                AND g.user_id IS NULL AND g.kind = 'revenue'), FALSE)""",
    "only transfers of holds are of their kinds": """
        SELECT id, kind FROM transfers WHERE (hold_id IS NULL) = (kind IN ('hold', 'release', 'generation'))""",
}
PAYMENTS = {
    "I6: a credited payment is in the ledger for what it bought, less what was taken back": """
        SELECT p.id, p.credits, p.refund_taken, p.dispute_taken FROM payments p
        WHERE (CASE WHEN p.state = 'credited' THEN p.credits - p.refund_taken - p.dispute_taken ELSE 0 END) <>
            COALESCE((SELECT SUM(CASE WHEN s.user_id IS NULL THEN t.amount ELSE -t.amount END) FROM transfers t
                JOIN accounts s ON s.id = t.source_id
                WHERE t.key LIKE 'payment:' || p.id || ':%' AND t.kind <> 'repayment'
                AND t.user_id = p.user_id), 0)""",
    "I6: a payment was credited once": """
        SELECT p.id FROM payments p WHERE (SELECT COUNT(*) FROM transfers t WHERE t.kind = 'purchase'
            AND t.key LIKE 'payment:' || p.id || ':%') <> (CASE WHEN p.state = 'credited' THEN 1 ELSE 0 END)""",
    "what was bought, refunded or disputed belongs to a payment": """
        SELECT t.id, t.key FROM transfers t WHERE t.kind IN ('purchase', 'refund', 'dispute')
        AND NOT EXISTS (SELECT 1 FROM payments p WHERE t.key LIKE 'payment:' || p.id || ':%')""",
    "what refunds and disputes took is their part of the payment": """
        WITH gone AS (
            SELECT p.id, p.credits, p.amount, p.refund_taken, p.dispute_taken,
                CAST(COALESCE(SUM(CASE WHEN r.kind = 'refund' AND r.status NOT IN ('failed', 'canceled')
                    THEN r.amount END), 0) AS BIGINT) AS refunded,
                CAST(COALESCE(SUM(CASE WHEN r.kind = 'dispute' AND r.status NOT IN ('won', 'prevented',
                    'warning_closed') THEN r.amount END), 0) AS BIGINT) AS disputed
            FROM payments p LEFT JOIN reversals r ON r.rail = p.rail AND r.charge_id = p.external_id
            WHERE p.state = 'credited' AND p.amount > 0
            GROUP BY p.id, p.credits, p.amount, p.refund_taken, p.dispute_taken),
        parts AS (SELECT gone.*,
            (2 * credits * CASE WHEN refunded < amount THEN refunded ELSE amount END + amount) / (2 * amount) AS refund,
            (2 * credits * CASE WHEN disputed < amount THEN disputed ELSE amount END + amount) / (2 * amount) AS dispute
            FROM gone)
        SELECT id, refund_taken, refund, dispute_taken, dispute FROM parts WHERE refund_taken <> refund
        OR dispute_taken <> CASE WHEN dispute < credits - refund THEN dispute ELSE credits - refund END""",
    "an order is paid if and only if a credited payment matched it": """
        SELECT o.id, o.state FROM orders o WHERE (o.state = 'paid') <> EXISTS (
            SELECT 1 FROM payments p WHERE p.order_id = o.id AND p.state = 'credited' AND p.problem IS NULL)""",
    "a matched payment is what was ordered, by who ordered it": """
        SELECT p.id FROM payments p JOIN orders o ON o.id = p.order_id WHERE p.problem IS NULL AND (p.rail <> o.rail
            OR p.amount <> o.amount OR p.currency <> o.currency OR p.credits <> o.credits OR p.user_id <> o.user_id)""",
    "credits of a payment go to who has it, and are taken from nobody else": """
        SELECT t.id, t.key, t.user_id, p.user_id FROM payments p
        JOIN transfers t ON t.key LIKE 'payment:' || p.id || ':%'
        WHERE p.user_id IS NULL OR t.user_id <> p.user_id""",
    "nobody has anything of a payment that waits or went back": """
        SELECT id, state, user_id, credits FROM payments WHERE state <> 'credited'
        AND (user_id IS NOT NULL OR credits <> 0 OR refund_taken <> 0 OR dispute_taken <> 0 OR moves <> 0)""",
    "I6: a payment nobody has is off the list if and only if all of it went back": """
        SELECT p.id, p.state, p.amount FROM payments p WHERE p.state <> 'credited' AND (p.state = 'returned') <>
            (p.amount <= (SELECT COALESCE(SUM(r.amount), 0) FROM reversals r WHERE r.rail = p.rail AND r.kind = 'refund'
                AND r.charge_id = p.external_id AND r.status NOT IN ('failed', 'canceled'))
            AND EXISTS (SELECT 1 FROM reversals r WHERE r.rail = p.rail AND r.kind = 'refund'
                AND r.charge_id = p.external_id AND r.status NOT IN ('failed', 'canceled')))""",
    "who has a payment is told of it once": """
        SELECT p.id, p.user_id FROM payments p WHERE p.state = 'credited' AND 1 <> (SELECT COUNT(*) FROM outbox o
            WHERE o.key = 'payment_received:payment:' || p.id || ':0' AND o.user_id = p.user_id)""",
    "whatever a refund or dispute moved is told": """
        SELECT p.id, p.moves FROM payments p WHERE p.moves <> (SELECT COUNT(*) FROM outbox o
            WHERE (o.key LIKE 'payment_reversed:payment:' || p.id || ':%'
                OR o.key LIKE 'payment_restored:payment:' || p.id || ':%') AND o.user_id = p.user_id)""",
    "a look at a vendor's list begins no earlier than the one before ended": """
        SELECT later.id, later.cursor FROM reconciliations later JOIN reconciliations earlier
        ON earlier.rail = later.rail AND earlier.id < later.id AND earlier.cursor > later.cursor""",
}
WORK = {
    "I3: a job is terminal if and only if its hold is resolved": """
        SELECT j.id, j.state, h.state FROM jobs j JOIN holds h ON h.id = j.hold_id
        WHERE (j.state IN ('succeeded', 'failed', 'cancelled')) <> (h.state <> 'held')""",
    "I4: captured if and only if succeeded": """
        SELECT j.id, j.state, h.state FROM jobs j JOIN holds h ON h.id = j.hold_id
        WHERE (j.state = 'succeeded') <> (h.state = 'captured')""",
    "I4: a clip job succeeded if and only if there is a take of it that is no gift": """
        SELECT j.id, j.state, COUNT(t.id) FROM jobs j LEFT JOIN takes t ON t.job_id = j.id AND NOT t.gift
        WHERE j.kind = 'clip'
        GROUP BY j.id, j.state HAVING COUNT(t.id) <> (CASE WHEN j.state = 'succeeded' THEN 1 ELSE 0 END)""",
    "I4: only who got their credits back gets a gift": """
        SELECT t.id, j.state FROM takes t JOIN jobs j ON j.id = t.job_id WHERE t.gift AND j.state <> 'failed'""",
    "what a job took is what it costs where it was made, and never more than was shown": """
        SELECT j.id, j.price, j.charge, t.amount FROM jobs j JOIN transfers t ON t.hold_id = j.hold_id
        WHERE t.kind = 'generation' AND (t.amount <> COALESCE(j.charge, j.price) OR t.amount > j.price)""",
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
    "a film job succeeded if and only if its film is there, and costs nothing": """
        SELECT j.id, j.state, f.id FROM jobs j LEFT JOIN films f ON f.job_id = j.id WHERE j.kind = 'film'
        AND (j.price <> 0 OR (f.id IS NULL AND NOT EXISTS (SELECT 1 FROM jobs again WHERE again.retry_of = j.id))
            OR (f.id IS NOT NULL AND (j.state = 'succeeded') <> (f.video_key IS NOT NULL)))""",
    "a film, its project and its job are one person's": """
        SELECT f.id FROM films f JOIN jobs j ON j.id = f.job_id JOIN projects p ON p.id = f.project_id
        WHERE j.kind <> 'film' OR j.user_id <> f.user_id OR p.user_id <> f.user_id""",
    "nobody has two films of the same in the making": """
        SELECT f.project_id, f.digest FROM films f JOIN jobs j ON j.id = f.job_id
        WHERE j.state NOT IN ('succeeded', 'failed', 'cancelled') AND NOT j.cancelling
        GROUP BY f.project_id, f.digest HAVING COUNT(*) > 1""",
    "a film job's end is told once, and as what it was": """
        WITH told AS (
            SELECT j.id, j.state, j.user_id, o.key, o.user_id AS to_user FROM jobs j JOIN outbox o
            ON o.key IN ('film_ready:' || j.id, 'film_failed:' || j.id, 'film_cancelled:' || j.id))
        SELECT id, state, 'told otherwise' FROM told WHERE to_user <> user_id OR key <> CASE state
            WHEN 'succeeded' THEN 'film_ready:' WHEN 'failed' THEN 'film_failed:'
            WHEN 'cancelled' THEN 'film_cancelled:' ELSE 'nothing:' END || id
        UNION ALL
        SELECT id, state, 'never told' FROM jobs WHERE kind = 'film'
        AND state IN ('succeeded', 'failed', 'cancelled') AND id NOT IN (SELECT id FROM told)""",
    "the clips of a project stand at 1, 2, 3 …": """
        SELECT project_id FROM clips GROUP BY project_id HAVING MAX(position) <> COUNT(*) OR MIN(position) <> 1""",
    "what stands in a project is there, and is not discarded while the project can be seen": """
        SELECT c.id FROM clips c JOIN projects p ON p.id = c.project_id JOIN takes t ON t.id = c.take_id
        WHERE t.erased_at IS NOT NULL OR (p.deleted_at IS NULL AND t.discarded_at IS NOT NULL)""",
    "of an erased project nothing is left": """
        SELECT p.id FROM projects p WHERE p.erased_at IS NOT NULL AND (
            EXISTS (SELECT 1 FROM clips c WHERE c.project_id = p.id)
            OR EXISTS (SELECT 1 FROM soundtracks s WHERE s.project_id = p.id)
            OR EXISTS (SELECT 1 FROM films f WHERE f.project_id = p.id AND f.erased_at IS NULL))""",
}
HOLDS_OF_JOBS = {
    "a hold and its job come together": """
        SELECT h.id FROM holds h LEFT JOIN jobs j ON j.hold_id = h.id WHERE j.id IS NULL""",
}
