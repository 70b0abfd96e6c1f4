"""Let users sign in by WeChat.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")


def upgrade():
    op.create_table(
        "user_wechat",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("follower_id", BIG_ID, nullable=False),
        sa.Column("bound_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_user_wechat_user_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"],
            ["follower.id"],
            name=op.f("fk_user_wechat_follower_id_follower"),
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_user_wechat")),
        sa.UniqueConstraint("follower_id", name=op.f("uq_user_wechat_follower_id")),
    )
    op.add_column(
        "account",
        sa.Column(
            "signs_users_in", sa.Boolean(), nullable=False, server_default=sa.false()
        ),
    )
    op.add_column(
        "temporary_code", sa.Column("asked_from", sa.LargeBinary(), nullable=True)
    )


def downgrade():
    op.drop_column("temporary_code", "asked_from")
    op.drop_column("account", "signs_users_in")
    op.drop_table("user_wechat")
