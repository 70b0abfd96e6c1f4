"""Let an account's numbers be counted again in steps.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade():
    moment = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
    op.create_table(
        "recount",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=9), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=True),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("person_reached", sa.BigInteger(), nullable=False),
        sa.Column("people_done", sa.Integer(), nullable=False),
        sa.Column("people_total", sa.Integer(), nullable=False),
        sa.Column("day_reached", sa.Date(), nullable=True),
        sa.Column("histories_read_at", moment, nullable=True),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("finished_at", moment, nullable=True),
        sa.Column("holder", sa.String(length=36), nullable=True),
        sa.Column("leased_until", moment, nullable=True),
        sa.CheckConstraint(
            "reason IN ('asked', 'time_zone')", name=op.f("ck_recount_reason")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_recount_account_id_account")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_recount")),
    )


def downgrade():
    op.drop_table("recount")
