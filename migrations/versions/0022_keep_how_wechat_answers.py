"""Keep how WeChat and we get along.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PATH = sa.String(64).with_variant(
    sa.String(64, collation="utf8mb4_bin"), "mysql", "mariadb"
)


def _account(table):
    return sa.ForeignKeyConstraint(
        ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id_account")
    )


def upgrade():
    op.create_table(
        "token_renewal",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("reason", sa.String(length=7), nullable=False),
        sa.Column("left_seconds", sa.Integer(), nullable=True),
        sa.Column("good_for_seconds", sa.Integer(), nullable=True),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "reason IN ('first', 'expired', 'refused')",
            name=op.f("ck_token_renewal_reason"),
        ),
        _account("token_renewal"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_token_renewal")),
    )
    op.create_index(
        op.f("ix_token_renewal_account_id_id"), "token_renewal", ["account_id", "id"]
    )
    op.create_table(
        "call_refusal",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("path", PATH, nullable=False),
        sa.Column("errcode", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("errmsg", sa.String(length=255), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        _account("call_refusal"),
        sa.PrimaryKeyConstraint(
            "account_id", "path", "errcode", name=op.f("pk_call_refusal")
        ),
    )
    op.create_table(
        "call_quota",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("path", PATH, nullable=False),
        sa.Column("daily_limit", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("remain", sa.Integer(), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        _account("call_quota"),
        sa.PrimaryKeyConstraint("account_id", "path", name=op.f("pk_call_quota")),
    )
    op.create_table(
        "callback_sighting",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "kind IN ('verified', 'refused', 'failed', 'late')",
            name=op.f("ck_callback_sighting_kind"),
        ),
        _account("callback_sighting"),
        sa.PrimaryKeyConstraint(
            "account_id", "kind", name=op.f("pk_callback_sighting")
        ),
    )


def downgrade():
    op.drop_table("callback_sighting")
    op.drop_table("call_quota")
    op.drop_table("call_refusal")
    op.drop_table("token_renewal")
