"""Let channels and groups name a tag in WeChat.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TAG = sa.String(30).with_variant(
    sa.String(30, collation="utf8mb4_bin"), "mysql", "mariadb"
)


def upgrade():
    op.create_table(
        "wechat_tag",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", TAG, nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_wechat_tag_account_id_account"),
        ),
        sa.PrimaryKeyConstraint("account_id", "name", name=op.f("pk_wechat_tag")),
    )
    op.add_column("channel_group", sa.Column("tag_in_wechat", TAG))
    op.add_column("channel", sa.Column("tag_in_wechat", TAG))


def downgrade():
    # Written out: a copy of the table would lose what SQLite computes.
    op.drop_column("channel", "tag_in_wechat")
    op.drop_column("channel_group", "tag_in_wechat")
    op.drop_table("wechat_tag")
