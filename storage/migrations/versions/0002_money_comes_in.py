"""Money comes in: packs, orders, payments and what is taken back; referrals, promo codes, shares; debt

Revision: 0002
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEVER_BELOW = "user_id IS NULL OR balance >= 0"
OWING = "user_id IS NULL OR (kind = 'debt' AND balance <= 0) OR (kind <> 'debt' AND balance >= 0)"
# Everybody gets the pocket in which stands what they owe.
DEBTS = "INSERT INTO accounts (user_id, kind, balance) SELECT id, 'debt', 0 FROM users"
PACKS = sa.table(
    "packs",
    *(sa.column(name) for name in ("name", "credits", "cents", "currency", "stars", "active")),
    sa.column("created_at", sa.DateTime(timezone=True)),
)


def _packs() -> list[dict[str, object]]:
    """Something to sell from the first day; owners change it."""
    now = datetime.now(UTC)
    offered = [("Taster", 10, 499, 250), ("Album", 30, 1199, 600), ("Feature film", 100, 2999, 1500)]
    return [
        {"name": name, "credits": credits_, "cents": cents, "currency": "usd", "stars": stars}
        | {"active": True, "created_at": now}
        for name, credits_, cents, stars in offered
    ]


def _let_balances(old: str, new: str, rule: str) -> None:
    with op.batch_alter_table("accounts") as batch_op:
        batch_op.drop_constraint(op.f(f"ck_accounts_{old}"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_accounts_{new}"), rule)


def upgrade() -> None:
    op.create_table(
        "packs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cents > 0", name=op.f("ck_packs_cents_positive")),
        sa.CheckConstraint("credits > 0", name=op.f("ck_packs_credits_positive")),
        sa.CheckConstraint("stars > 0", name=op.f("ck_packs_stars_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packs")),
    )
    op.create_table(
        "promo_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("per_user", sa.Integer(), nullable=False),
        sa.Column("new_users_only", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("credits > 0", name=op.f("ck_promo_codes_credits_positive")),
        sa.CheckConstraint("per_user > 0", name=op.f("ck_promo_codes_per_user_positive")),
        sa.CheckConstraint(
            "uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name=op.f("ck_promo_codes_uses_in_bounds")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promo_codes")),
        sa.UniqueConstraint("code", name=op.f("uq_promo_codes_code")),
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("rail", sa.String(length=8), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("looked_at", sa.Integer(), nullable=False),
        sa.Column("mended", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rail IN ('stripe', 'stars')", name=op.f("ck_reconciliations_rail_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
    )
    with op.batch_alter_table("reconciliations", schema=None) as batch_op:
        batch_op.create_index("ix_reconciliations_rail_id", ["rail", "id"], unique=False)

    op.create_table(
        "reversals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("rail", sa.String(length=8), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("charge_id", sa.String(length=255), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('refund', 'dispute')", name=op.f("ck_reversals_kind_known")),
        sa.CheckConstraint("rail IN ('stripe', 'stars')", name=op.f("ck_reversals_rail_known")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_reversals_amount_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reversals")),
        sa.UniqueConstraint("rail", "external_id", name=op.f("uq_reversals_rail_external_id")),
    )
    with op.batch_alter_table("reversals", schema=None) as batch_op:
        batch_op.create_index("ix_reversals_charge", ["rail", "charge_id"], unique=False)

    op.create_table(
        "pack_links",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("link_id", sa.String(length=255), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("return_url", sa.String(), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["pack_id"], ["packs.id"], name=op.f("fk_pack_links_pack_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_links")),
        sa.UniqueConstraint("link_id", name=op.f("uq_pack_links_link_id")),
    )
    with op.batch_alter_table("pack_links", schema=None) as batch_op:
        batch_op.create_index(
            "uq_pack_links_active",
            ["pack_id", "livemode"],
            unique=True,
            sqlite_where=sa.text("active"),
            postgresql_where=sa.text("active"),
        )

    op.create_table(
        "redemptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("promo_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["promo_id"], ["promo_codes.id"], name=op.f("fk_redemptions_promo_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_redemptions_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint("promo_id", "user_id", "number", name=op.f("uq_redemptions_promo_id_user_id_number")),
    )
    with op.batch_alter_table("redemptions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_redemptions_user_id"), ["user_id"], unique=False)

    op.create_table(
        "referrals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("inviter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("invited_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("via", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("hold_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("(state = 'joined') = (hold_id IS NULL)", name=op.f("ck_referrals_vested_by_a_clip")),
        sa.CheckConstraint("state IN ('joined', 'vested', 'revoked')", name=op.f("ck_referrals_state_known")),
        sa.CheckConstraint("rule IN ('bought', 'approved')", name=op.f("ck_referrals_rule_known")),
        sa.CheckConstraint("inviter_id < invited_id", name=op.f("ck_referrals_inviter_came_first")),
        sa.ForeignKeyConstraint(["hold_id"], ["holds.id"], name=op.f("fk_referrals_hold_id")),
        sa.ForeignKeyConstraint(["invited_id"], ["users.id"], name=op.f("fk_referrals_invited_id")),
        sa.ForeignKeyConstraint(["inviter_id"], ["users.id"], name=op.f("fk_referrals_inviter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("invited_id", name=op.f("uq_referrals_invited_id")),
    )
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referrals_inviter_id"), ["inviter_id"], unique=False)

    op.create_table(
        "shares",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("project_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_shares_project_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_shares_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shares")),
        sa.UniqueConstraint("project_id", name=op.f("uq_shares_project_id")),
        sa.UniqueConstraint("token", name=op.f("uq_shares_token")),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pack_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("rail", sa.String(length=8), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("link_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("draft_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("album_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(rail = 'stripe') = (link_id IS NOT NULL)", name=op.f("ck_orders_card_has_link")),
        sa.CheckConstraint("(state = 'paid') = (paid_at IS NOT NULL)", name=op.f("ck_orders_paid_when_paid")),
        sa.CheckConstraint("rail IN ('stripe', 'stars')", name=op.f("ck_orders_rail_known")),
        sa.CheckConstraint("state IN ('open', 'pending', 'paid', 'failed')", name=op.f("ck_orders_state_known")),
        sa.CheckConstraint("credits > 0 AND amount > 0", name=op.f("ck_orders_amounts_positive")),
        sa.ForeignKeyConstraint(["album_id"], ["albums.id"], name=op.f("fk_orders_album_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_orders_draft_id")),
        sa.ForeignKeyConstraint(["link_id"], ["pack_links.id"], name=op.f("fk_orders_link_id")),
        sa.ForeignKeyConstraint(["pack_id"], ["packs.id"], name=op.f("fk_orders_pack_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_orders_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_orders")),
        sa.UniqueConstraint("token", name=op.f("uq_orders_token")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_orders_user_id"), ["user_id"], unique=False)

    op.create_table(
        "share_visits",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("share_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("visitor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("credits >= 0", name=op.f("ck_share_visits_credits_not_negative")),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name=op.f("fk_share_visits_share_id")),
        sa.ForeignKeyConstraint(["visitor_id"], ["users.id"], name=op.f("fk_share_visits_visitor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share_visits")),
        sa.UniqueConstraint("visitor_id", name=op.f("uq_share_visits_visitor_id")),
    )
    with op.batch_alter_table("share_visits", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_share_visits_share_id"), ["share_id"], unique=False)

    op.create_table(
        "payments",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("rail", sa.String(length=8), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("payer_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=8), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.Column("refund_taken", sa.Integer(), nullable=False),
        sa.Column("dispute_taken", sa.Integer(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.String(length=24), nullable=True),
        sa.Column("receipt_url", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rail IN ('stripe', 'stars')", name=op.f("ck_payments_rail_known")),
        sa.CheckConstraint(
            "state <> 'credited' OR (user_id IS NOT NULL AND credits > 0)",
            name=op.f("ck_payments_credited_to_somebody"),
        ),
        sa.CheckConstraint("state = 'credited' OR problem IS NOT NULL", name=op.f("ck_payments_problem_told")),
        sa.CheckConstraint("state IN ('credited', 'unmatched', 'returned')", name=op.f("ck_payments_state_known")),
        sa.CheckConstraint(
            "refund_taken >= 0 AND dispute_taken >= 0 AND refund_taken + dispute_taken <= credits",
            name=op.f("ck_payments_taken_in_bounds"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_payments_order_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_payments_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("rail", "external_id", name=op.f("uq_payments_rail_external_id")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_payments_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payments_user_id"), ["user_id"], unique=False)

    op.execute("ALTER TABLE jobs DROP COLUMN woken_at")
    op.add_column("users", sa.Column("referral_code", sa.String(length=16), nullable=True))
    op.create_index("ix_users_referral_code", "users", ["referral_code"], unique=True)
    _let_balances("user_balance_not_negative", "balance_has_its_sign", OWING)
    op.execute(DEBTS)
    op.bulk_insert(PACKS, _packs())


def downgrade() -> None:
    op.execute("DELETE FROM accounts WHERE kind = 'debt'")
    _let_balances("balance_has_its_sign", "user_balance_not_negative", NEVER_BELOW)
    op.drop_index("ix_users_referral_code", "users")
    op.execute("ALTER TABLE users DROP COLUMN referral_code")
    op.add_column("jobs", sa.Column("woken_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_payments_user_id"))
        batch_op.drop_index(batch_op.f("ix_payments_order_id"))

    op.drop_table("payments")
    with op.batch_alter_table("share_visits", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_share_visits_share_id"))

    op.drop_table("share_visits")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_orders_user_id"))

    op.drop_table("orders")
    op.drop_table("shares")
    with op.batch_alter_table("referrals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referrals_inviter_id"))

    op.drop_table("referrals")
    with op.batch_alter_table("redemptions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_redemptions_user_id"))

    op.drop_table("redemptions")
    with op.batch_alter_table("pack_links", schema=None) as batch_op:
        batch_op.drop_index("uq_pack_links_active", sqlite_where=sa.text("active"), postgresql_where=sa.text("active"))

    op.drop_table("pack_links")
    with op.batch_alter_table("reversals", schema=None) as batch_op:
        batch_op.drop_index("ix_reversals_charge")

    op.drop_table("reversals")
    with op.batch_alter_table("reconciliations", schema=None) as batch_op:
        batch_op.drop_index("ix_reconciliations_rail_id")

    op.drop_table("reconciliations")
    op.drop_table("promo_codes")
    op.drop_table("packs")
