"""Keep rules for what messages and menu buttons are answered.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade():
    op.create_table(
        "reply_rule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("answers", sa.String(7), nullable=False),
        sa.Column("matching", sa.String(8), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=False),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "answers IN ('message', 'menu')", name=op.f("ck_reply_rule_answers")
        ),
        sa.CheckConstraint(
            "matching IN ('contains', 'equals', 'pattern')",
            name=op.f("ck_reply_rule_matching"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_reply_rule_account_id_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reply_rule")),
    )
    op.create_index(
        op.f("ix_reply_rule_account_id_position"),
        "reply_rule",
        ["account_id", "position"],
    )
    op.add_column("account", sa.Column("reply_fallback", sa.JSON(), nullable=True))


def downgrade():
    op.drop_column("account", "reply_fallback")
    op.drop_table("reply_rule")
