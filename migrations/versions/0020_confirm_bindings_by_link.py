"""Let bindings be confirmed on a page.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

DIGEST = sa.LargeBinary(32).with_variant(mysql.VARBINARY(32), "mysql", "mariadb")


def upgrade():
    op.add_column(
        "account",
        sa.Column(
            "binding_confirmation",
            sa.String(6),
            nullable=False,
            server_default="digits",
        ),
    )
    with op.batch_alter_table("temporary_code") as table:
        table.add_column(sa.Column("confirm_url", sa.LargeBinary(), nullable=True))
        table.add_column(sa.Column("confirm_hash", DIGEST, nullable=True))
        table.create_unique_constraint(
            op.f("uq_temporary_code_confirm_hash"), ["confirm_hash"]
        )


def downgrade():
    with op.batch_alter_table("temporary_code") as table:
        table.drop_constraint(op.f("uq_temporary_code_confirm_hash"), type_="unique")
        table.drop_column("confirm_hash")
        table.drop_column("confirm_url")
    op.drop_column("account", "binding_confirmation")
