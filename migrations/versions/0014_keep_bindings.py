"""Keep temporary codes and what members are bound by them.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
DIGEST = sa.LargeBinary(32).with_variant(mysql.VARBINARY(32), "mysql", "mariadb")
MEMBER = sa.String(64).with_variant(
    sa.String(64, collation="utf8mb4_bin"), "mysql", "mariadb"
)


def upgrade():
    op.add_column(
        "account",
        sa.Column("chat_language", sa.String(2), nullable=False, server_default="zh"),
    )
    op.add_column(
        "account",
        sa.Column(
            "unbinds_on_unfollow",
            sa.Boolean(),
            nullable=False,
            server_default=sa.true(),
        ),
    )
    op.add_column(
        "follower",
        sa.Column("is_bound", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    create_temporary_codes()
    create_bindings()


def create_temporary_codes():
    op.create_table(
        "temporary_code",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(7), nullable=False),
        sa.Column("scene_hash", DIGEST, nullable=False),
        sa.Column("url", sa.LargeBinary(), nullable=False),
        sa.Column("digits", sa.LargeBinary(), nullable=True),
        sa.Column("api_key_id", sa.Integer(), nullable=True),
        sa.Column("session_hash", DIGEST, nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(9), nullable=False),
        sa.Column("follower_id", BIG_ID, nullable=True),
        sa.Column("scan_key", DIGEST, nullable=True),
        sa.Column("typed_keys", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("scanned_at", MOMENT, nullable=True),
        sa.CheckConstraint(
            "purpose IN ('bind', 'sign_in')", name=op.f("ck_temporary_code_purpose")
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'scanned', 'confirmed', 'consumed', 'refused', "
            "'cancelled')",
            name=op.f("ck_temporary_code_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_temporary_code_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["api_key_id"],
            ["api_key.id"],
            name=op.f("fk_temporary_code_api_key_id_api_key"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_temporary_code_user_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["follower.id"],
            name=op.f("fk_temporary_code_follower_id_follower"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_temporary_code")),
        sa.UniqueConstraint("scene_hash", name=op.f("uq_temporary_code_scene_hash")),
    )
    op.create_index(
        op.f("ix_temporary_code_follower_id_state"),
        "temporary_code",
        ["follower_id", "state"],
    )


def create_bindings():
    op.create_table(
        "binding",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("code_id", BIG_ID, nullable=False),
        sa.Column("member", MEMBER, nullable=False),
        sa.Column("live_member", MEMBER, nullable=True),
        sa.Column("live_follower_id", BIG_ID, nullable=True),
        sa.Column("page_hash", DIGEST, nullable=False),
        sa.Column("return_url", sa.String(2000), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("bound_at", MOMENT, nullable=True),
        sa.Column("unbound_at", MOMENT, nullable=True),
        sa.Column("unbound_by", sa.String(8), nullable=True),
        sa.Column("unbind_key", DIGEST, nullable=True),
        sa.CheckConstraint(
            "unbound_by IN ('program', 'staff', 'follower', 'unfollow', 'erasure')",
            name=op.f("ck_binding_unbound_by"),
        ),
        sa.CheckConstraint(
            "(live_member IS NULL) = (live_follower_id IS NULL)",
            name=op.f("ck_binding_live"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_binding_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["code_id"],
            ["temporary_code.id"],
            name=op.f("fk_binding_code_id_temporary_code"),
        ),
        sa.ForeignKeyConstraint(
            ["live_follower_id"],
            ["follower.id"],
            name=op.f("fk_binding_live_follower_id_follower"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_binding")),
        sa.UniqueConstraint("code_id", name=op.f("uq_binding_code_id")),
        sa.UniqueConstraint(
            "account_id", "live_member", name=op.f("uq_binding_account_id_live_member")
        ),
        sa.UniqueConstraint(
            "live_follower_id", name=op.f("uq_binding_live_follower_id")
        ),
        sa.UniqueConstraint("page_hash", name=op.f("uq_binding_page_hash")),
        sa.UniqueConstraint("unbind_key", name=op.f("uq_binding_unbind_key")),
    )
    op.create_index(
        op.f("ix_binding_account_id_member"), "binding", ["account_id", "member"]
    )


def downgrade():
    op.drop_table("binding")
    op.drop_table("temporary_code")
    op.drop_column("follower", "is_bound")
    op.drop_column("account", "unbinds_on_unfollow")
    op.drop_column("account", "chat_language")
