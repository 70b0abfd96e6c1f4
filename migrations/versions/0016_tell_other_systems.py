"""Tell other systems what happens.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
EVENT_ID = sa.String(64).with_variant(
    sa.String(64, collation="utf8mb4_bin"), "mysql", "mariadb"
)


def upgrade():
    op.add_column(
        "account",
        sa.Column(
            "has_webhooks", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    op.create_table(
        "webhook",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", MOMENT, nullable=True),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("sends_openid", sa.Boolean(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_webhook_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_account_id"), "webhook", ["account_id"])
    op.create_table(
        "webhook_delivery",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("event_id", EVENT_ID, nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("follower_id", BIG_ID, nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("state", sa.String(length=9), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempted_at", MOMENT, nullable=True),
        sa.Column("took_ms", sa.Integer(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(length=255), nullable=False),
        sa.Column("failure", sa.String(length=20), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'skipped')",
            name=op.f("ck_webhook_delivery_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_webhook_delivery_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["follower.id"],
            name=op.f("fk_webhook_delivery_follower_id_follower"),
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"],
            ["webhook.id"],
            name=op.f("fk_webhook_delivery_webhook_id_webhook"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "webhook_id",
            "event_id",
            name=op.f("uq_webhook_delivery_webhook_id_event_id"),
        ),
    )
    op.create_index(
        op.f("ix_webhook_delivery_follower_id"), "webhook_delivery", ["follower_id"]
    )
    op.create_index(
        op.f("ix_webhook_delivery_webhook_id_state_id"),
        "webhook_delivery",
        ["webhook_id", "state", "id"],
    )
    op.create_index(
        op.f("ix_webhook_delivery_account_id_recorded_at"),
        "webhook_delivery",
        ["account_id", "recorded_at"],
    )


def downgrade():
    op.drop_table("webhook_delivery")
    op.drop_table("webhook")
    # Written out: a copy of the table would lose what SQLite computes.
    op.drop_column("account", "has_webhooks")
