"""Let scenes be adopted.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")
SCENE = sa.String(255).with_variant(
    sa.String(255, collation="utf8mb4_bin"), "mysql", "mariadb"
)


def upgrade():
    op.create_table(
        "adopted_scene",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("scene", SCENE, nullable=False),
        sa.Column("adopted_at", MOMENT, nullable=False),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_adopted_scene_account_id_account"),
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"],
            ["channel.id"],
            name=op.f("fk_adopted_scene_channel_id_channel"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adopted_scene")),
        sa.UniqueConstraint(
            "account_id", "scene", name=op.f("uq_adopted_scene_account_id_scene")
        ),
    )
    op.create_index(
        op.f("ix_adopted_scene_channel_id"), "adopted_scene", ["channel_id"]
    )


def downgrade():
    op.drop_table("adopted_scene")
