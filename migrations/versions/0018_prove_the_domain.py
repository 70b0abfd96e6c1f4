"""Prove to WeChat that the domain is ours.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

PROOF = sa.String(32).with_variant(
    sa.String(32, collation="utf8mb4_bin"), "mysql", "mariadb"
)


def upgrade():
    op.add_column("account", sa.Column("domain_proof", PROOF, nullable=True))


def downgrade():
    op.drop_column("account", "domain_proof")
