"""Keep how a follow came about.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("scan_event", sa.Column("subscribe_scene", sa.String(length=64)))


def downgrade():
    op.drop_column("scan_event", "subscribe_scene")
