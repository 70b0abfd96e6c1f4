"""Keep the callback token from before a change.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("account", sa.Column("previous_token", sa.LargeBinary()))


def downgrade():
    with op.batch_alter_table("account") as batch_op:
        batch_op.drop_column("previous_token")
