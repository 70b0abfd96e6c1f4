"""Let the comparison with the follower list go on where it stopped.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

DIGEST = sa.LargeBinary(32).with_variant(mysql.VARBINARY(32), "mysql", "mariadb")


def upgrade():
    op.create_table(
        "list_page",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("part", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("people", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["list_run.id"], name=op.f("fk_list_page_run_id_list_run")
        ),
        sa.PrimaryKeyConstraint("run_id", "page", "part", name=op.f("pk_list_page")),
    )
    op.add_column(
        "list_run",
        sa.Column("pages", sa.Integer(), server_default=sa.text("0"), nullable=False),
    )
    op.add_column("list_run", sa.Column("next_openid", sa.LargeBinary()))
    op.add_column("list_run", sa.Column("reached", DIGEST))


def downgrade():
    op.drop_column("list_run", "reached")
    op.drop_column("list_run", "next_openid")
    op.drop_column("list_run", "pages")
    op.drop_table("list_page")
