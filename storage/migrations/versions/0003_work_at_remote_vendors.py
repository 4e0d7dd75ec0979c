"""Work at remote vendors: when to ask next, what was tried, what it cost; how each vendor is doing; inquiries

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "vendors",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_problem", sa.String(length=32), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_vendors")),
    )
    _inquiries()
    # What is there already gets a value, what comes later brings its own.
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.add_column(sa.Column("charge", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tried", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("cost", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("late_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("retry_of", BIG_ID, nullable=True))
        batch_op.create_index("ix_jobs_state_next_poll_at", ["state", "next_poll_at"], unique=False)
        batch_op.create_unique_constraint(op.f("uq_jobs_retry_of"), ["retry_of"])
        batch_op.create_foreign_key(op.f("fk_jobs_retry_of"), "jobs", ["retry_of"], ["id"])
        batch_op.create_check_constraint(
            op.f("ck_jobs_never_dearer"), "charge IS NULL OR (charge > 0 AND charge <= price)"
        )
    with op.batch_alter_table("takes") as batch_op:
        batch_op.add_column(sa.Column("gift", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.alter_column("tried", server_default=None)
    with op.batch_alter_table("takes") as batch_op:
        batch_op.alter_column("gift", server_default=None)


def _inquiries() -> None:
    op.create_table(
        "inquiries",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("draft_id", BIG_ID, nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("prompt", sa.String(), nullable=False),
        sa.Column("wish", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.String(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("purpose IN ('improve', 'check')", name=op.f("ck_inquiries_purpose_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'answered', 'failed', 'closed')", name=op.f("ck_inquiries_state_known")
        ),
        sa.CheckConstraint(
            "state <> 'answered' OR answer IS NOT NULL", name=op.f("ck_inquiries_answered_with_something")
        ),
        sa.ForeignKeyConstraint(["draft_id"], ["drafts.id"], name=op.f("fk_inquiries_draft_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_inquiries_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiries")),
    )
    with op.batch_alter_table("inquiries") as batch_op:
        batch_op.create_index("ix_inquiries_draft_id_purpose", ["draft_id", "purpose"], unique=False)
        batch_op.create_index("ix_inquiries_user_id_created_at", ["user_id", "created_at"], unique=False)
        batch_op.create_index("ix_inquiries_state", ["state"], unique=False)
        batch_op.create_index(
            "uq_inquiries_waiting",
            ["draft_id", "purpose"],
            unique=True,
            sqlite_where=sa.text("state = 'waiting'"),
            postgresql_where=sa.text("state = 'waiting'"),
        )


def downgrade() -> None:
    op.drop_table("inquiries")
    with op.batch_alter_table("takes") as batch_op:
        batch_op.drop_column("gift")
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_never_dearer"), type_="check")
        batch_op.drop_constraint(op.f("fk_jobs_retry_of"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_jobs_retry_of"), type_="unique")
        batch_op.drop_column("retry_of")
        batch_op.drop_index("ix_jobs_state_next_poll_at")
        batch_op.drop_column("late_until")
        batch_op.drop_column("next_poll_at")
        batch_op.drop_column("cost")
        batch_op.drop_column("tried")
        batch_op.drop_column("charge")
    op.drop_table("vendors")
