"""Work at remote vendors: when to ask next, what was tried, what it cost; how each vendor is doing

Revision: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


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
    # What is there already gets a value, what comes later brings its own.
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.add_column(sa.Column("charge", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("tried", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("cost", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("late_until", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index("ix_jobs_next_poll_at", ["next_poll_at"], unique=False)
        batch_op.create_check_constraint(
            op.f("ck_jobs_never_dearer"), "charge IS NULL OR (charge > 0 AND charge <= price)"
        )
    with op.batch_alter_table("takes") as batch_op:
        batch_op.add_column(sa.Column("gift", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.alter_column("tried", server_default=None)
    with op.batch_alter_table("takes") as batch_op:
        batch_op.alter_column("gift", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("takes") as batch_op:
        batch_op.drop_column("gift")
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_never_dearer"), type_="check")
        batch_op.drop_index("ix_jobs_next_poll_at")
        batch_op.drop_column("late_until")
        batch_op.drop_column("next_poll_at")
        batch_op.drop_column("cost")
        batch_op.drop_column("tried")
        batch_op.drop_column("charge")
    op.drop_table("vendors")
