"""Set-based statements that each database spells its own way."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable, Table
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import Session

Rows = Sequence[Mapping[str, Any]]
#: Or SQLAlchemy forgets how many rows an INSERT of many touched.
COUNT = {"preserve_rowcount": True}


def insert_new(session: Session, table: Table, rows: Rows) -> bool:
    """Insert the `rows` that break no unique key; the others are there already.

    Says whether all of them were new, where the database tells; else False.
    """
    if not rows:
        return True
    connection = session.connection()
    name = connection.dialect.name
    result = connection.execute(
        _inserting_new(name, table), rows, execution_options=COUNT
    )
    # MySQL counts rows that it left as they were.
    return name in {"postgresql", "sqlite"} and result.rowcount == len(rows)


def add_up(session: Session, table: Table, rows: Rows, columns: Sequence[str]) -> None:
    """Add each row's `columns` to the row with its primary key, or insert it."""
    if rows:
        connection = session.connection()
        statement = _adding_up(connection.dialect.name, table, tuple(columns))
        connection.execute(statement, rows)


# Built once: building takes longer than the database does for a few rows.


@cache
def _inserting_new(dialect: str, table: Table) -> Executable:
    match dialect:
        case "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing()
        case "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing()
    # INSERT IGNORE would also cut what is too long and fill what is missing.
    nothing = {column.name: column for column in table.primary_key}
    return mysql.insert(table).on_duplicate_key_update(nothing)


@cache
def _adding_up(dialect: str, table: Table, columns: Sequence[str]) -> Executable:
    key = [column.name for column in table.primary_key]
    match dialect:
        case "postgresql":
            insert = postgresql.insert(table)
            return insert.on_conflict_do_update(
                index_elements=key,
                set_={c: table.c[c] + insert.excluded[c] for c in columns},
            )
        case "sqlite":
            lite = sqlite.insert(table)
            return lite.on_conflict_do_update(
                index_elements=key,
                set_={c: table.c[c] + lite.excluded[c] for c in columns},
            )
    my = mysql.insert(table)
    return my.on_duplicate_key_update({c: table.c[c] + my.inserted[c] for c in columns})
