"""What must hold of credits that people earned or were given: see audit_rules."""

from __future__ import annotations

REWARDS = {
    "whoever brought a friend has the credits if and only if it vested": """
        SELECT r.id, r.state, r.credits FROM referrals r
        WHERE (CASE WHEN r.state = 'vested' THEN r.credits ELSE 0 END) <>
            COALESCE((SELECT SUM(CASE WHEN s.user_id IS NULL THEN t.amount ELSE -t.amount END) FROM transfers t
                JOIN accounts s ON s.id = t.source_id WHERE t.key LIKE 'referral:' || r.id || ':%'
                AND t.kind = 'referral' AND t.user_id = r.inviter_id), 0)""",
    "a friend who was brought got the same, once": """
        SELECT r.id, r.credits FROM referrals r WHERE r.credits <>
            COALESCE((SELECT SUM(t.amount) FROM transfers t WHERE t.key = 'referral_bonus:' || r.invited_id
                AND t.kind = 'referral' AND t.user_id = r.invited_id), 0)""",
    "a referral vests with a captured hold of the friend's own": """
        SELECT r.id, r.hold_id FROM referrals r JOIN holds h ON h.id = r.hold_id
        WHERE h.user_id <> r.invited_id OR h.state <> 'captured'""",
    "a promo code was used as often as it was redeemed, and nobody had it too often": """
        SELECT p.id, p.uses FROM promo_codes p
        WHERE p.uses <> (SELECT COUNT(*) FROM redemptions d WHERE d.promo_id = p.id)
        UNION ALL
        SELECT p.id, d.user_id FROM promo_codes p JOIN redemptions d ON d.promo_id = p.id
        GROUP BY p.id, d.user_id, p.per_user HAVING COUNT(*) > p.per_user OR MAX(d.number) <> COUNT(*)""",
    "each redemption gave what the code is worth, once, to who redeemed it": """
        SELECT d.id, d.user_id FROM redemptions d JOIN promo_codes p ON p.id = d.promo_id
        WHERE 1 <> (SELECT COUNT(*) FROM transfers t
            WHERE t.key = 'promo:' || d.id AND t.kind = 'promo' AND t.amount = p.credits AND t.user_id = d.user_id)""",
    "each visit gave its credits to who shared, and nobody visits what is their own": """
        SELECT v.id, v.credits FROM share_visits v JOIN shares s ON s.id = v.share_id
        WHERE v.visitor_id = s.user_id OR v.credits <> COALESCE((SELECT SUM(t.amount) FROM transfers t
            WHERE t.key = 'share:' || v.id AND t.kind = 'share' AND t.user_id = s.user_id), 0)""",
    "what was earned belongs to a referral, a redemption or a visit": """
        SELECT t.id, t.kind, t.key FROM transfers t WHERE
            (t.kind = 'referral' AND NOT EXISTS (SELECT 1 FROM referrals r
                WHERE t.key LIKE 'referral:' || r.id || ':%' OR t.key = 'referral_bonus:' || r.invited_id))
         OR (t.kind = 'promo' AND NOT EXISTS (SELECT 1 FROM redemptions d WHERE t.key = 'promo:' || d.id))
         OR (t.kind = 'share' AND NOT EXISTS (SELECT 1 FROM share_visits v WHERE t.key = 'share:' || v.id))""",
    "whatever came of a referral is told to who invited": """
        SELECT r.id, r.moves FROM referrals r WHERE r.credits > 0 AND r.moves <> (SELECT COUNT(*) FROM outbox o
            WHERE (o.key LIKE 'referral_vested:referral:' || r.id || ':%'
                OR o.key LIKE 'referral_revoked:referral:' || r.id || ':%') AND o.user_id = r.inviter_id)""",
}
