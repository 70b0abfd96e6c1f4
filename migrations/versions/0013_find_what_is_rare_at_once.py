"""Find parked pushes and unknown scenes at once.

Of the few rows that are looked for only: the others cost nothing more. MySQL knows no
such index. There, that of parked pushes is of all rows and still costs little; that of
scenes would slow down each push, and is left out.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

PARKED = sa.text("parked_at IS NOT NULL")
UNKNOWN = sa.text("row_id = -1")


def upgrade():
    op.create_index(
        op.f("ix_raw_push_account_id_parked_at"),
        "raw_push",
        ["account_id", "parked_at"],
        sqlite_where=PARKED,
        postgresql_where=PARKED,
    )
    if not _is_mysql():
        op.create_index(
            op.f("ix_scan_event_account_id_scene_id"),
            "scan_event",
            ["account_id", "scene", "id"],
            sqlite_where=UNKNOWN,
            postgresql_where=UNKNOWN,
        )


def downgrade():
    if not _is_mysql():
        op.drop_index(op.f("ix_scan_event_account_id_scene_id"), "scan_event")
    op.drop_index(op.f("ix_raw_push_account_id_parked_at"), "raw_push")


def _is_mysql():
    return op.get_bind().dialect.name in {"mysql", "mariadb"}
