"""Make room for long pushes and pastes on MySQL.

MySQL gives 65,535 bytes where the other databases set no limit, and a sealed push of
the largest size has a few more. Setting a column's type again changes nothing.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade():
    _alter(mysql.MEDIUMBLOB(), mysql.MEDIUMTEXT())


def downgrade():
    _alter(sa.LargeBinary(), sa.Text())


def _alter(blob, text):
    if op.get_bind().dialect.name in {"mysql", "mariadb"}:
        op.alter_column("account", "pepper", type_=blob, nullable=False)
        op.alter_column("raw_push", "body", type_=blob, nullable=False)
        op.alter_column("bulk_run", "left_out", type_=text, nullable=False)
