"""Keep corrections of who follows.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade():
    op.create_table(
        "correction",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("follower_id", BIG_ID, nullable=False),
        sa.Column("kind", sa.String(length=7), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("noted_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('follows', 'left')", name=op.f("ck_correction_kind")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_correction_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["follower.id"],
            name=op.f("fk_correction_follower_id_follower"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
        sa.UniqueConstraint(
            "follower_id", "noted_at", name=op.f("uq_correction_follower_id_noted_at")
        ),
    )
    op.create_index(
        op.f("ix_correction_account_id_noted_at"),
        "correction",
        ["account_id", "noted_at"],
    )


def downgrade():
    op.drop_table("correction")
