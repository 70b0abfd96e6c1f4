"""Keep outside work as rows.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def exact(length):
    return sa.String(length).with_variant(
        sa.String(length, collation="utf8mb4_bin"), "mysql", "mariadb"
    )


def upgrade():
    op.create_table(
        "task",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", exact(16), nullable=False),
        sa.Column("subject", exact(64), nullable=False),
        sa.Column("open_key", exact(64), nullable=True),
        sa.Column("follower_id", BIG_ID, nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=6), nullable=False),
        sa.Column("wanted_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=255), nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "state IN ('due', 'leased', 'done', 'parked')", name=op.f("ck_task_state")
        ),
        sa.CheckConstraint(
            "(state = 'leased') = (leased_until IS NOT NULL)",
            name=op.f("ck_task_leased"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_task_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["follower.id"], name=op.f("fk_task_follower_id_follower")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint(
            "account_id",
            "kind",
            "open_key",
            name=op.f("uq_task_account_id_kind_open_key"),
        ),
    )
    with op.batch_alter_table("task") as batch_op:
        batch_op.create_index(batch_op.f("ix_task_follower_id"), ["follower_id"])
        batch_op.create_index(batch_op.f("ix_task_state_due_at"), ["state", "due_at"])
    op.create_table(
        "worker",
        sa.Column("name", exact(80), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )


def downgrade():
    op.drop_table("worker")
    op.drop_table("task")
