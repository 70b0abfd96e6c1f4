"""The product without SQLite's promise that what is committed survives a power cut."""

from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import Pool

from wsgi import app

__all__ = ["app"]


def relax(connection: DBAPIConnection, _record: object, _proxy: object) -> None:
    """Undo what `wxchannels.database` set when the connection was made."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


event.listen(Pool, "checkout", relax)
