"""The house is run from the chat: roles, the log of what they did, values set without a deploy, messages to many, questions

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
APPEND_ONLY = ("audit_log", "value_changes")
LOOKED_AT = (("jobs", "finished_at"), ("transfers", "created_at"))


def upgrade() -> None:
    with op.batch_alter_table("users") as batch_op:
        for name in ("banned_at", "news_off_at", "seen_at", "erased_at"):
            batch_op.add_column(sa.Column(name, MOMENT, nullable=True))
        batch_op.create_index("ix_users_seen_at", ["seen_at"])
    for table, column in LOOKED_AT:
        op.create_index(f"ix_{table}_{column}", table, [column])
    _staff()
    _broadcasts()
    _questions()
    for table in APPEND_ONLY:
        _keep(table)


def _staff() -> None:
    op.create_table(
        "staff",
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("granted_at", MOMENT, nullable=False),
        sa.CheckConstraint("role IN ('admin', 'support')", name=op.f("ck_staff_role_known")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_staff_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_staff")),
    )
    op.create_table(
        "audit_log",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("actor_id", BIG_ID, nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=80), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("correlation_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_audit_log_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_log")),
    )
    op.create_index("ix_audit_log_actor_id", "audit_log", ["actor_id"])
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"])
    op.create_table(
        "value_changes",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("actor_id", BIG_ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name=op.f("fk_value_changes_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_value_changes")),
    )
    op.create_index("ix_value_changes_name_id", "value_changes", ["name", "id"])


def _broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("author_id", BIG_ID, nullable=False),
        sa.Column("medium", sa.String(length=8), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("file_id", sa.String(), nullable=True),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("card_message_id", sa.Integer(), nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'sending', 'stopped', 'done', 'recalling', 'recalled', 'dropped')",
            name=op.f("ck_broadcasts_state_known"),
        ),
        sa.CheckConstraint("medium IN ('text', 'photo', 'video')", name=op.f("ck_broadcasts_medium_known")),
        sa.CheckConstraint("(medium = 'text') = (file_id IS NULL)", name=op.f("ck_broadcasts_file_if_it_has_one")),
        sa.CheckConstraint(
            "(state IN ('draft', 'dropped')) OR confirmed_at IS NOT NULL",
            name=op.f("ck_broadcasts_confirmed_before_sent"),
        ),
        sa.ForeignKeyConstraint(["author_id"], ["users.id"], name=op.f("fk_broadcasts_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    )
    op.create_index("ix_broadcasts_state", "broadcasts", ["state"])
    op.create_table(
        "broadcast_recipients",
        sa.Column("broadcast_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("user_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sending', 'sent', 'blocked', 'failed', 'unsure', 'recalled')",
            name=op.f("ck_broadcast_recipients_state_known"),
        ),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_broadcast_recipients_broadcast_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_broadcast_recipients_user_id")),
        sa.PrimaryKeyConstraint("broadcast_id", "user_id", name=op.f("pk_broadcast_recipients")),
    )
    order = ["broadcast_id", "state", "user_id"]
    op.create_index("ix_broadcast_recipients_broadcast_id_state", "broadcast_recipients", order)


def _questions() -> None:
    op.create_table(
        "questions",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=48), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", BIG_ID, nullable=True),
        sa.CheckConstraint("closed_by IS NULL OR closed_at IS NOT NULL", name=op.f("ck_questions_closed_when_closed")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_questions_user_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["users.id"], name=op.f("fk_questions_closed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("user_id", "message_id", name=op.f("uq_questions_user_id_message_id")),
    )
    still = sa.text("closed_at IS NULL")
    op.create_index("ix_questions_open", "questions", ["id"], sqlite_where=still, postgresql_where=still)
    op.create_table(
        "wanted_looks",
        sa.Column("rail", sa.String(length=8), nullable=False),
        sa.Column("wanted_at", MOMENT, nullable=False),
        sa.CheckConstraint("rail IN ('stripe', 'stars')", name=op.f("ck_wanted_looks_rail_known")),
        sa.PrimaryKeyConstraint("rail", name=op.f("pk_wanted_looks")),
    )


def _keep(table: str) -> None:
    """Rows are only ever added: whoever changes or deletes one is refused, whatever their program thinks of it."""
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_keeps_{what.lower()} BEFORE {what} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_keeps() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'insufficient_privilege'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_keeps_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_keeps()"
    )


def downgrade() -> None:
    op.drop_table("wanted_looks")
    op.drop_table("questions")
    op.drop_table("broadcast_recipients")
    op.drop_table("broadcasts")
    for table in reversed(APPEND_ONLY):
        op.drop_table(table)
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION {table}_keeps()")
    op.drop_table("staff")
    for name, column in LOOKED_AT:
        op.drop_index(f"ix_{name}_{column}", name)
    with op.batch_alter_table("users") as batch_op:
        batch_op.drop_index("ix_users_seen_at")
        for name in ("erased_at", "seen_at", "news_off_at", "banned_at"):
            batch_op.drop_column(name)
