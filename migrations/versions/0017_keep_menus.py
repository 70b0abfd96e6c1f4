"""Keep menus, their versions and the clicks on them.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DIGEST = sa.LargeBinary(32).with_variant(mysql.VARBINARY(32), "mysql", "mariadb")
KEY = sa.String(1024).with_variant(
    sa.String(1024, collation="utf8mb4_bin"), "mysql", "mariadb"
)


def upgrade():
    op.create_table(
        "menu_draft",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("previous", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("edited_at", MOMENT, nullable=True),
        sa.Column("edited_by", sa.String(length=254), nullable=False),
        sa.Column("live", sa.JSON(), nullable=True),
        sa.Column("live_is_open", sa.Boolean(), nullable=False),
        sa.Column("live_read_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_menu_draft_account_id_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_menu_draft")),
    )
    op.create_table(
        "menu_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("buttons", sa.JSON(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.Column("published_by", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_menu_version_account_id_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_version")),
    )
    op.create_index(
        op.f("ix_menu_version_account_id_published_at"),
        "menu_version",
        ["account_id", "published_at"],
    )
    op.create_table(
        "menu_click",
        sa.Column("id", BIG, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("push_key", DIGEST, nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("happened_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_menu_click_account_id_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_menu_click")),
        sa.UniqueConstraint("push_key", name=op.f("uq_menu_click_push_key")),
    )
    op.create_index(
        op.f("ix_menu_click_account_id_happened_at"),
        "menu_click",
        ["account_id", "happened_at"],
    )


def downgrade():
    op.drop_table("menu_click")
    op.drop_table("menu_version")
    op.drop_table("menu_draft")
