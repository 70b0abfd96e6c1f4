"""Keep whose press of a button it was, so that testers' presses can be left out.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMN, INDEX = "follower_id", "ix_menu_click_follower_id"
FOREIGN_KEY = "fk_menu_click_follower_id_follower"
#: As far back as the pushes themselves are kept.
TELL = """
UPDATE menu_click SET follower_id = (
    SELECT raw_push.follower_id FROM raw_push
    WHERE raw_push.push_key = menu_click.push_key
) WHERE follower_id IS NULL AND EXISTS (
    SELECT 1 FROM raw_push WHERE raw_push.push_key = menu_click.push_key
)
"""


def upgrade():
    with op.batch_alter_table("menu_click") as table:
        table.add_column(sa.Column(COLUMN, BIG_ID, nullable=True))
        table.create_index(op.f(INDEX), [COLUMN])
    op.execute(TELL)
    # An interrupted upgrade may have come this far: MySQL keeps each step of it.
    there = sa.inspect(op.get_bind()).get_foreign_keys("menu_click")
    if FOREIGN_KEY not in {key["name"] for key in there}:
        with op.batch_alter_table("menu_click") as table:
            table.create_foreign_key(op.f(FOREIGN_KEY), "follower", [COLUMN], ["id"])


def downgrade():
    with op.batch_alter_table("menu_click") as table:
        table.drop_constraint(op.f(FOREIGN_KEY), type_="foreignkey")
        table.drop_index(op.f(INDEX))
        table.drop_column(COLUMN)
