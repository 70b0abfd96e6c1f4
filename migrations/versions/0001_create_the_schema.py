"""Create the schema.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "slug",
            sa.String(length=40)
            .with_variant(sa.String(length=40, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=40, collation="utf8mb4_bin"), "mysql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column(
            "app_id",
            sa.String(length=64)
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "original_id",
            sa.String(length=64)
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mysql"),
            nullable=False,
        ),
        sa.Column("app_secret", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("aes_key", sa.LargeBinary(), nullable=True),
        sa.Column("previous_aes_key", sa.LargeBinary(), nullable=True),
        sa.Column("mode", sa.String(length=10), nullable=False),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("pepper", sa.LargeBinary(), nullable=False),
        sa.Column("reply_new", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reply_returning", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reply_following", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column(
            "verified_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column(
            "first_push_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column(
            "token_checked_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column("token_errcode", sa.Integer(), nullable=True),
        sa.Column("token_error", sa.String(length=255), nullable=True),
        sa.Column(
            "followers_imported_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column("import_next_openid", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "mode = 'plain' OR aes_key IS NOT NULL", name=op.f("ck_account_aes_key")
        ),
        sa.CheckConstraint(
            "mode IN ('plain', 'compatible', 'safe')", name=op.f("ck_account_mode")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("app_id", name=op.f("uq_account_app_id")),
        sa.UniqueConstraint("slug", name=op.f("uq_account_slug")),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "email",
            sa.String(length=254)
            .with_variant(sa.String(length=254, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=254, collation="utf8mb4_bin"), "mysql"),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=True),
        sa.Column("failed_sign_ins", sa.Integer(), nullable=False),
        sa.Column(
            "locked_until",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.LargeBinary(), nullable=True),
        sa.Column("tf_last_counter", sa.Integer(), nullable=True),
        sa.Column(
            "link_digest",
            sa.LargeBinary(length=32)
            .with_variant(sa.VARBINARY(length=32), "mariadb")
            .with_variant(sa.VARBINARY(length=32), "mysql"),
            nullable=True,
        ),
        sa.Column(
            "link_expires_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column(
            "created_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column(
            "last_sign_in_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "role IS NULL OR role IN ('admin', 'staff', 'manager')",
            name=op.f("ck_user_role"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user")),
        sa.UniqueConstraint("email", name=op.f("uq_user_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_user_fs_uniquifier")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_user_link_digest")),
    )
    op.create_table(
        "access_token",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column(
            "expires_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("lease_holder", sa.String(length=36), nullable=True),
        sa.Column(
            "leased_until",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_access_token_account_id_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_access_token")),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "name",
            sa.String(length=64)
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mysql"),
            nullable=False,
        ),
        sa.Column("prefix", sa.String(length=12), nullable=False),
        sa.Column(
            "digest",
            sa.LargeBinary(length=32)
            .with_variant(sa.VARBINARY(length=32), "mariadb")
            .with_variant(sa.VARBINARY(length=32), "mysql"),
            nullable=False,
        ),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column(
            "last_used_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column(
            "revoked_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_api_key_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint(
            "account_id", "name", name=op.f("uq_api_key_account_id_name")
        ),
        sa.UniqueConstraint("digest", name=op.f("uq_api_key_digest")),
    )
    op.create_table(
        "audit_entry",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("actor", sa.String(length=254), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column(
            "at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_audit_entry_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_audit_entry_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_audit_entry_account_id_at"),
            ["account_id", "at"],
            unique=False,
        )

    op.create_table(
        "bulk_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column(
            "finished_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column(
            "leased_until",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_bulk_run_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_bulk_run_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_run")),
    )
    with op.batch_alter_table("bulk_run", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bulk_run_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "channel_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "path",
            sa.String(length=255)
            .with_variant(sa.String(length=255, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=255, collation="utf8mb4_bin"), "mysql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_channel_group_account_id_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel_group")),
        sa.UniqueConstraint(
            "account_id", "path", name=op.f("uq_channel_group_account_id_path")
        ),
    )
    op.create_table(
        "day_counter",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("row_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.Column("new_follows", sa.Integer(), nullable=False),
        sa.Column("refollows", sa.Integer(), nullable=False),
        sa.Column("follower_scans", sa.Integer(), nullable=False),
        sa.Column("unfollows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_day_counter_account_id_account"),
        ),
        sa.PrimaryKeyConstraint(
            "account_id", "day", "row_id", name=op.f("pk_day_counter")
        ),
    )
    op.create_table(
        "follower",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "openid_hash",
            sa.LargeBinary(length=32)
            .with_variant(sa.VARBINARY(length=32), "mariadb")
            .with_variant(sa.VARBINARY(length=32), "mysql"),
            nullable=False,
        ),
        sa.Column("openid", sa.LargeBinary(), nullable=True),
        sa.Column(
            "first_seen_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column("following", sa.Boolean(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column(
            "followed_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column("first_row_id", sa.Integer(), nullable=True),
        sa.Column(
            "first_followed_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column(
            "subscribed_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column("known_before", sa.Boolean(), nullable=False),
        sa.Column("is_tester", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_follower_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follower")),
        sa.UniqueConstraint(
            "account_id", "openid_hash", name=op.f("uq_follower_account_id_openid_hash")
        ),
    )
    with op.batch_alter_table("follower", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_follower_account_id_following_row_id"),
            ["account_id", "following", "row_id"],
            unique=False,
        )

    op.create_table(
        "membership",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=8), nullable=False),
        sa.CheckConstraint(
            "role IN ('admin', 'staff', 'manager')", name=op.f("ck_membership_role")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_membership_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_membership_user_id_user")
        ),
        sa.PrimaryKeyConstraint("user_id", "account_id", name=op.f("pk_membership")),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "session_hash",
            sa.LargeBinary(length=32)
            .with_variant(sa.VARBINARY(length=32), "mariadb")
            .with_variant(sa.VARBINARY(length=32), "mysql"),
            nullable=False,
        ),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column(
            "expires_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_user_session_user_id_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("session_hash", name=op.f("uq_user_session_session_hash")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_user_session_expires_at"), ["expires_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False
        )

    op.create_table(
        "channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "name",
            sa.String(length=64)
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "live_name",
            sa.String(length=64)
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mysql"),
            sa.Computed(
                "CASE WHEN state = 'archived' THEN NULL ELSE name END", persisted=True
            ),
            nullable=True,
        ),
        sa.Column("pinyin", sa.String(length=512), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("owner", sa.String(length=254), nullable=True),
        sa.Column("remark", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reply_new", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reply_returning", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reply_following", sa.JSON(none_as_null=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column(
            "archived_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "state IN ('active', 'disabled', 'archived')", name=op.f("ck_channel_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_channel_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["channel_group.id"],
            name=op.f("fk_channel_group_id_channel_group"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_channel")),
        sa.UniqueConstraint(
            "account_id", "live_name", name=op.f("uq_channel_account_id_live_name")
        ),
    )
    with op.batch_alter_table("channel", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_channel_account_id_state"),
            ["account_id", "state"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_channel_group_id"), ["group_id"], unique=False
        )

    op.create_table(
        "raw_push",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "push_key",
            sa.LargeBinary(length=32)
            .with_variant(sa.VARBINARY(length=32), "mariadb")
            .with_variant(sa.VARBINARY(length=32), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "follower_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
        ),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column(
            "happened_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column(
            "received_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column(
            "parked_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column("error", sa.String(length=255), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_raw_push_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["follower.id"],
            name=op.f("fk_raw_push_follower_id_follower"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_raw_push")),
        sa.UniqueConstraint("push_key", name=op.f("uq_raw_push_push_key")),
    )
    with op.batch_alter_table("raw_push", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_raw_push_account_id_received_at"),
            ["account_id", "received_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_raw_push_follower_id"), ["follower_id"], unique=False
        )

    op.create_table(
        "scan_event",
        sa.Column(
            "id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False
        ),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column(
            "push_key",
            sa.LargeBinary(length=32)
            .with_variant(sa.VARBINARY(length=32), "mariadb")
            .with_variant(sa.VARBINARY(length=32), "mysql"),
            nullable=False,
        ),
        sa.Column(
            "follower_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("class", sa.String(length=13), nullable=False),
        sa.Column(
            "scene",
            sa.String(length=255)
            .with_variant(sa.String(length=255, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=255, collation="utf8mb4_bin"), "mysql"),
            nullable=True,
        ),
        sa.Column("source", sa.String(length=8), nullable=True),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column(
            "happened_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column(
            "lost_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "kind IN ('follow', 'scan', 'unfollow')", name=op.f("ck_scan_event_kind")
        ),
        sa.CheckConstraint("row_id >= -1", name=op.f("ck_scan_event_row_id")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_scan_event_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["follower.id"],
            name=op.f("fk_scan_event_follower_id_follower"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_event")),
        sa.UniqueConstraint("push_key", name=op.f("uq_scan_event_push_key")),
    )
    with op.batch_alter_table("scan_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_scan_event_account_id_day_row_id_kind_follower_id"),
            ["account_id", "day", "row_id", "kind", "follower_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_scan_event_account_id_happened_at"),
            ["account_id", "happened_at"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_scan_event_follower_id_happened_at"),
            ["follower_id", "happened_at"],
            unique=False,
        )

    op.create_table(
        "channel_tag",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column(
            "name",
            sa.String(length=32)
            .with_variant(sa.String(length=32, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=32, collation="utf8mb4_bin"), "mysql"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channel.id"],
            name=op.f("fk_channel_tag_channel_id_channel"),
        ),
        sa.PrimaryKeyConstraint("channel_id", "name", name=op.f("pk_channel_tag")),
    )
    op.create_table(
        "qrcode",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column(
            "scene",
            sa.String(length=64)
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=64, collation="utf8mb4_bin"), "mysql"),
            nullable=False,
        ),
        sa.Column("scene_type", sa.String(length=3), nullable=False),
        sa.Column("lifetime", sa.String(length=9), nullable=False),
        sa.Column("expire_seconds", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=64), nullable=False),
        sa.Column(
            "ticket",
            sa.String(length=512)
            .with_variant(sa.String(length=512, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=512, collation="utf8mb4_bin"), "mysql"),
            nullable=True,
        ),
        sa.Column(
            "url",
            sa.String(length=512)
            .with_variant(sa.String(length=512, collation="utf8mb4_bin"), "mariadb")
            .with_variant(sa.String(length=512, collation="utf8mb4_bin"), "mysql"),
            nullable=True,
        ),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=False,
        ),
        sa.Column(
            "issued_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.Column(
            "expires_at",
            sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb"),
            nullable=True,
        ),
        sa.CheckConstraint(
            "(lifetime = 'permanent' AND expire_seconds IS NULL) OR (lifetime = 'temporary' AND expire_seconds IS NOT NULL)",
            name=op.f("ck_qrcode_lifetime"),
        ),
        sa.CheckConstraint("scene <> ''", name=op.f("ck_qrcode_scene")),
        sa.CheckConstraint(
            "scene_type IN ('str', 'int')", name=op.f("ck_qrcode_scene_type")
        ),
        sa.CheckConstraint(
            "state = 'pending' OR (ticket IS NOT NULL AND issued_at IS NOT NULL)",
            name=op.f("ck_qrcode_issued"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'active', 'disabled')", name=op.f("ck_qrcode_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_qrcode_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channel.id"], name=op.f("fk_qrcode_channel_id_channel")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_qrcode")),
        sa.UniqueConstraint(
            "account_id", "scene", name=op.f("uq_qrcode_account_id_scene")
        ),
    )
    with op.batch_alter_table("qrcode", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_qrcode_channel_id"), ["channel_id"], unique=False
        )

    op.create_table(
        "bulk_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("qrcode_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("errcode", sa.Integer(), nullable=True),
        sa.Column("error", sa.String(length=255), nullable=False),
        sa.CheckConstraint(
            "state IN ('pending', 'done', 'refused')", name=op.f("ck_bulk_row_state")
        ),
        sa.ForeignKeyConstraint(
            ["qrcode_id"], ["qrcode.id"], name=op.f("fk_bulk_row_qrcode_id_qrcode")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["bulk_run.id"], name=op.f("fk_bulk_row_run_id_bulk_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_row")),
        sa.UniqueConstraint(
            "run_id", "position", name=op.f("uq_bulk_row_run_id_position")
        ),
    )


def downgrade():
    op.drop_table("bulk_row")
    op.drop_table("qrcode")
    op.drop_table("channel_tag")
    op.drop_table("scan_event")
    op.drop_table("raw_push")
    op.drop_table("channel")
    op.drop_table("user_session")
    op.drop_table("membership")
    op.drop_table("follower")
    op.drop_table("day_counter")
    op.drop_table("channel_group")
    op.drop_table("bulk_run")
    op.drop_table("audit_entry")
    op.drop_table("api_key")
    op.drop_table("access_token")
    op.drop_table("user")
    op.drop_table("account")
