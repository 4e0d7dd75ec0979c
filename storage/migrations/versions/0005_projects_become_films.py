"""Projects become films: their ends and captions, music, and the files they are joined into; work without a price

Revision: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("projects") as batch_op:
        batch_op.add_column(sa.Column("transition", sa.String(length=8), nullable=False, server_default="cut"))
        for name in ("completed_at", "deleted_at", "erased_at"):
            batch_op.add_column(sa.Column(name, MOMENT, nullable=True))
        batch_op.create_check_constraint(op.f("ck_projects_transition_known"), "transition IN ('cut', 'fade', 'cross')")
        batch_op.create_check_constraint(
            op.f("ck_projects_deleted_before_erased"), "erased_at IS NULL OR deleted_at IS NOT NULL"
        )
    with op.batch_alter_table("projects") as batch_op:
        batch_op.alter_column("transition", server_default=None)
    with op.batch_alter_table("clips") as batch_op:
        batch_op.add_column(sa.Column("caption", sa.String(length=120), nullable=True))
    for table in ("drafts", "takes"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("erased_at", MOMENT, nullable=True))
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.alter_column("hold_id", existing_type=BIG_ID, nullable=True)
        batch_op.create_check_constraint(op.f("ck_jobs_held_if_it_costs"), "(price = 0) = (hold_id IS NULL)")
    _soundtracks()
    _films()


def _soundtracks() -> None:
    op.create_table(
        "soundtracks",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("project_id", BIG_ID, nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=64), nullable=False),
        sa.Column("audio_key", sa.String(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("loops", sa.Boolean(), nullable=False),
        sa.Column("start_s", sa.Double(), nullable=False),
        sa.Column("fade_in_s", sa.Double(), nullable=False),
        sa.Column("fade_out_s", sa.Double(), nullable=False),
        sa.Column("volume", sa.Integer(), nullable=False),
        sa.Column("fitted_key", sa.String(), nullable=True),
        sa.Column("fitted_for", sa.String(length=64), nullable=True),
        sa.Column("audio_file_id", sa.String(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.CheckConstraint("origin IN ('sent', 'made')", name=op.f("ck_soundtracks_origin_known")),
        sa.CheckConstraint("seconds > 0", name=op.f("ck_soundtracks_has_a_length")),
        sa.CheckConstraint("start_s >= 0 AND start_s < seconds", name=op.f("ck_soundtracks_starts_inside")),
        sa.CheckConstraint("fade_in_s >= 0 AND fade_out_s >= 0", name=op.f("ck_soundtracks_fades_not_negative")),
        sa.CheckConstraint("volume BETWEEN 1 AND 100", name=op.f("ck_soundtracks_volume_in_percent")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_soundtracks_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_soundtracks")),
        sa.UniqueConstraint("project_id", name=op.f("uq_soundtracks_project_id")),
    )


def _films() -> None:
    op.create_table(
        "films",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("user_id", BIG_ID, nullable=False),
        sa.Column("project_id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("job_id", BIG_ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("card_message_id", sa.Integer(), nullable=True),
        sa.Column("video_key", sa.String(), nullable=True),
        sa.Column("thumbnail_key", sa.String(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Double(), nullable=True),
        sa.Column("size_bytes", BIG_ID, nullable=True),
        sa.Column("video_file_id", sa.String(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("erased_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_films_user_id")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_films_project_id")),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_films_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_films")),
        sa.UniqueConstraint("project_id", "number", name=op.f("uq_films_project_id_number")),
        sa.UniqueConstraint("job_id", name=op.f("uq_films_job_id")),
    )
    op.create_index("ix_films_user_id", "films", ["user_id"])
    op.create_index("ix_films_digest", "films", ["digest"])
    op.create_table(
        "film_parts",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("project_id", BIG_ID, nullable=False),
        sa.Column("part_key", sa.String(), nullable=False),
        sa.Column("used_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_film_parts_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_film_parts")),
        sa.UniqueConstraint("part_key", name=op.f("uq_film_parts_part_key")),
    )
    op.create_index("ix_film_parts_project_id", "film_parts", ["project_id"])
    op.create_index("ix_film_parts_used_at", "film_parts", ["used_at"])
    op.create_table(
        "erasures",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("object_key", sa.String(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("object_key", name=op.f("uq_erasures_object_key")),
    )


def downgrade() -> None:
    op.drop_table("erasures")
    op.drop_table("film_parts")
    op.drop_table("films")
    op.drop_table("soundtracks")
    with op.batch_alter_table("jobs") as batch_op:
        batch_op.drop_constraint(op.f("ck_jobs_held_if_it_costs"), type_="check")
        batch_op.alter_column("hold_id", existing_type=BIG_ID, nullable=False)
    for table in ("takes", "drafts"):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column("erased_at")
    with op.batch_alter_table("clips") as batch_op:
        batch_op.drop_column("caption")
    with op.batch_alter_table("projects") as batch_op:
        for rule in ("deleted_before_erased", "transition_known"):
            batch_op.drop_constraint(op.f(f"ck_projects_{rule}"), type_="check")
        for name in ("erased_at", "deleted_at", "completed_at", "transition"):
            batch_op.drop_column(name)
