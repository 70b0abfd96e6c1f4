"""Find what was done to a channel, and what ended codes still say.

A large table of codes has ended in nearly all its rows: the second index of them holds
the few that were not emptied yet. MySQL knows no such index.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

SAYS = sa.text("digits IS NOT NULL OR confirm_url IS NOT NULL")


def upgrade():
    op.create_index(
        op.f("ix_audit_entry_account_id_subject_id"),
        "audit_entry",
        ["account_id", "subject_id"],
    )
    op.create_index(
        op.f("ix_temporary_code_expires_at"), "temporary_code", ["expires_at"]
    )
    if not _is_mysql():
        op.create_index(
            op.f("ix_temporary_code_account_id_expires_at"),
            "temporary_code",
            ["account_id", "expires_at"],
            sqlite_where=SAYS,
            postgresql_where=SAYS,
        )


def downgrade():
    if not _is_mysql():
        op.drop_index(op.f("ix_temporary_code_account_id_expires_at"), "temporary_code")
    op.drop_index(op.f("ix_temporary_code_expires_at"), "temporary_code")
    op.drop_index(op.f("ix_audit_entry_account_id_subject_id"), "audit_entry")


def _is_mysql():
    return op.get_bind().dialect.name in {"mysql", "mariadb"}
