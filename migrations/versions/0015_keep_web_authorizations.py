"""Keep web authorizations.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DIGEST = sa.LargeBinary(length=32).with_variant(
    mysql.VARBINARY(length=32), "mysql", "mariadb"
)


def exact(length):
    return sa.String(length).with_variant(
        sa.String(length, collation="utf8mb4_bin"), "mysql", "mariadb"
    )


def upgrade():
    op.create_table(
        "web_authorization",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("handle", exact(32), nullable=False),
        sa.Column("purpose", sa.String(length=7), nullable=False),
        sa.Column("scope", sa.String(length=15), nullable=False),
        sa.Column("return_url", exact(1024), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("state_digest", DIGEST, nullable=True),
        sa.Column("browser_digest", DIGEST, nullable=True),
        sa.Column("code_digest", DIGEST, nullable=True),
        sa.Column("exchanging_since", MOMENT, nullable=True),
        sa.Column("restarts", sa.Integer(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.Column("ticket", sa.LargeBinary(), nullable=True),
        sa.Column("ticket_digest", DIGEST, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "purpose IN ('api', 'trial', 'binding', 'sign_in')",
            name=op.f("ck_web_authorization_purpose"),
        ),
        sa.CheckConstraint(
            "scope IN ('snsapi_base', 'snsapi_userinfo')",
            name=op.f("ck_web_authorization_scope"),
        ),
        sa.CheckConstraint(
            "state IN ('pending', 'exchanging', 'authorized', 'redeemed', 'refused',"
            " 'failed')",
            name=op.f("ck_web_authorization_state"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_web_authorization_account_id_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_authorization")),
        sa.UniqueConstraint("handle", name=op.f("uq_web_authorization_handle")),
        sa.UniqueConstraint(
            "state_digest", name=op.f("uq_web_authorization_state_digest")
        ),
        sa.UniqueConstraint(
            "ticket_digest", name=op.f("uq_web_authorization_ticket_digest")
        ),
    )
    op.create_index(
        op.f("ix_web_authorization_account_id_expires_at"),
        "web_authorization",
        ["account_id", "expires_at"],
    )
    op.create_index(
        op.f("ix_web_authorization_browser_digest_purpose"),
        "web_authorization",
        ["browser_digest", "purpose"],
    )
    # JSON, so nullable: MySQL gives it no default.
    op.add_column("account", sa.Column("return_addresses", sa.JSON(), nullable=True))


def downgrade():
    op.drop_column("account", "return_addresses")
    op.drop_table("web_authorization")
