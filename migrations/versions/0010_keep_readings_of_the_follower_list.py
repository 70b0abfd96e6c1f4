"""Keep readings of the follower list.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade():
    op.create_table(
        "list_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("done_before", sa.Integer(), nullable=False),
        sa.Column("missed_follows", sa.Integer(), nullable=False),
        sa.Column("missed_unfollows", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('import', 'compare')", name=op.f("ck_list_run_kind")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_list_run_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_run")),
    )
    op.create_index(
        op.f("ix_list_run_account_id_kind_started_at"),
        "list_run",
        ["account_id", "kind", "started_at"],
    )


def downgrade():
    op.drop_table("list_run")
