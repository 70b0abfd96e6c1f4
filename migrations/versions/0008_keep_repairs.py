"""Keep repairs of where pushes count.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade():
    op.create_table(
        "repair",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("event_id", BIG_ID, nullable=False),
        sa.Column("from_row_id", sa.Integer(), nullable=False),
        sa.Column("to_row_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "reason IN ('lost_scene', 'adopted', 'released')",
            name=op.f("ck_repair_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["scan_event.id"], name=op.f("fk_repair_event_id_scan_event")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair")),
    )
    op.create_index(op.f("ix_repair_event_id"), "repair", ["event_id"])


def downgrade():
    op.drop_table("repair")
