"""Set-based statements that each database spells its own way."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import Session

Rows = Sequence[Mapping[str, Any]]


def insert_new(session: Session, table: Table, rows: Rows) -> None:
    """Insert the `rows` that break no unique key; the others are there already."""
    if not rows:
        return
    match session.get_bind().dialect.name:
        case "postgresql":
            session.execute(postgresql.insert(table).on_conflict_do_nothing(), rows)
        case "sqlite":
            session.execute(sqlite.insert(table).on_conflict_do_nothing(), rows)
        case _:
            session.execute(mysql.insert(table).prefix_with("IGNORE"), rows)


def add_up(session: Session, table: Table, rows: Rows, columns: Sequence[str]) -> None:
    """Add each row's `columns` to the row with its primary key, or insert it."""
    if not rows:
        return
    key = [column.name for column in table.primary_key]
    match session.get_bind().dialect.name:
        case "postgresql":
            insert = postgresql.insert(table)
            changes = {c: table.c[c] + insert.excluded[c] for c in columns}
            statement: Any = insert.on_conflict_do_update(
                index_elements=key, set_=changes
            )
        case "sqlite":
            lite = sqlite.insert(table)
            changes = {c: table.c[c] + lite.excluded[c] for c in columns}
            statement = lite.on_conflict_do_update(index_elements=key, set_=changes)
        case _:
            my = mysql.insert(table)
            statement = my.on_duplicate_key_update(
                {c: table.c[c] + my.inserted[c] for c in columns}
            )
    session.execute(statement, rows)
