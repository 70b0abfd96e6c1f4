"""Let channels be restored as they were.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("channel", sa.Column("archived_from", sa.String(10)))


def downgrade():
    # Written out: a copy of the table would lose what SQLite computes.
    op.drop_column("channel", "archived_from")
