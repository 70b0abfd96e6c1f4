"""How Alembic reaches the application's database."""

from contextlib import contextmanager

from alembic import context
from alembic.ddl.mysql import MariaDBImpl, MySQLImpl
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

db = current_app.extensions["migrate"].db
options = current_app.extensions["migrate"].configure_args

#: Two hosts may start an upgrade at once: the second waits for the first. MySQL's
#: locks are the whole server's, so the name is the database's.
NUMBER = 20260301
NAME = "CONCAT('migrate ', LEFT(DATABASE(), 50))"
POSTGRESQL = (
    f"SELECT pg_advisory_lock({NUMBER})",
    f"SELECT pg_advisory_unlock({NUMBER})",
)
MYSQL = f"SELECT GET_LOCK({NAME}, 86400)", f"SELECT RELEASE_LOCK({NAME})"
LOCKS = {"postgresql": POSTGRESQL, "mysql": MYSQL, "mariadb": MYSQL}

#: What MySQL says where a table, a column or an index is there or gone already.
DONE_BEFORE = {1050, 1051, 1060, 1061, 1091}


class Resumable:
    """Goes over what an interrupted upgrade did: MySQL keeps each step of it.

    A mistake in a migration looks the same, and is found on the other databases.
    """

    def _exec(self, *args, **kwargs):
        try:
            return super()._exec(*args, **kwargs)
        except DBAPIError as error:
            if error.orig.args[0] not in DONE_BEFORE:
                raise
            return None


class ResumableMySQL(Resumable, MySQLImpl):
    __dialect__ = "mysql"


class ResumableMariaDB(Resumable, MariaDBImpl):
    __dialect__ = "mariadb"


@contextmanager
def alone(connection):
    take, release = LOCKS.get(connection.dialect.name, (None, None))
    if take is None:
        yield
        return
    connection.execute(text(take))
    connection.commit()
    try:
        yield
    finally:
        # Both would last as long as the connection, which goes back to its pool.
        connection.rollback()
        connection.execute(text(release))
        connection.commit()


def migrate() -> None:
    with db.engine.connect() as connection, alone(connection):
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


migrate()
