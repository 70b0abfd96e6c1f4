"""Set-based statements that each database spells its own way."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Delete, Executable, Insert, Row, Table, Update
from sqlalchemy.dialects import mysql, postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlalchemy.sql.dml import ReturningInsert

Rows = Sequence[Mapping[str, Any]]
#: The row that could not be inserted.
Given = ReadOnlyColumnCollection[str, Any]
#: Or SQLAlchemy forgets how many rows an INSERT of many touched.
COUNT = {"preserve_rowcount": True}
#: Those that say what an INSERT did.
TELLING = {"postgresql", "sqlite"}


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
    return name in TELLING and result.rowcount == len(rows)


def insert_and_read(
    session: Session, table: Table, rows: Rows, columns: Sequence[str]
) -> Sequence[Row[Any]]:
    """Insert the `rows` that break no unique key and return `columns` of those.

    MySQL does not tell, so nothing comes back there: read them by their keys.
    """
    connection = session.connection()
    name = connection.dialect.name
    if name not in TELLING:
        connection.execute(_inserting_new(name, table), rows)
        return []
    telling = _inserting_new_and_telling(name, table, tuple(columns))
    return connection.execute(telling, rows).all()


def count_changed(session: Session, statement: Update | Delete) -> int:
    """Change or delete what `statement` finds; return how many rows it found."""
    result = session.execute(statement)
    return int(result.rowcount)  # type: ignore[attr-defined] # typed as a SELECT's


def add_up(
    session: Session,
    table: Table,
    rows: Rows,
    columns: Sequence[str],
    *,
    latest: Sequence[str] = (),
) -> None:
    """Add each row's `columns` to the row with its primary key, or insert it.

    A row that is there takes over the `latest` columns, and keeps the others.
    """
    if rows:
        connection = session.connection()
        name = connection.dialect.name
        statement = _adding_up(name, table, tuple(columns), tuple(latest))
        connection.execute(statement, rows)


# Built once: building takes longer than the database does for a few rows.


@cache
def _inserting_new_and_telling(
    dialect: str, table: Table, columns: Sequence[str]
) -> ReturningInsert[Any]:
    return _inserting_new(dialect, table).returning(*(table.c[c] for c in columns))


@cache
def _inserting_new(dialect: str, table: Table) -> Insert:
    match dialect:
        case "postgresql":
            return postgresql.insert(table).on_conflict_do_nothing()
        case "sqlite":
            return sqlite.insert(table).on_conflict_do_nothing()
    # INSERT IGNORE would also cut what is too long and fill what is missing.
    nothing = {column.name: column for column in table.primary_key}
    return mysql.insert(table).on_duplicate_key_update(nothing)


@cache
def _adding_up(
    dialect: str, table: Table, columns: Sequence[str], latest: Sequence[str]
) -> Executable:
    key = [column.name for column in table.primary_key]
    match dialect:
        case "postgresql":
            insert = postgresql.insert(table)
            changes = _changes(table, insert.excluded, columns, latest)
            return insert.on_conflict_do_update(index_elements=key, set_=changes)
        case "sqlite":
            lite = sqlite.insert(table)
            changes = _changes(table, lite.excluded, columns, latest)
            return lite.on_conflict_do_update(index_elements=key, set_=changes)
    my = mysql.insert(table)
    return my.on_duplicate_key_update(_changes(table, my.inserted, columns, latest))


def _changes(
    table: Table, given: Given, columns: Sequence[str], latest: Sequence[str]
) -> dict[str, Any]:
    more = {name: table.c[name] + given[name] for name in columns}
    return more | {name: given[name] for name in latest}
