"""How Alembic reaches the application's database."""

from alembic import context
from flask import current_app
from sqlalchemy import text

db = current_app.extensions["migrate"].db
options = current_app.extensions["migrate"].configure_args

#: Two hosts may start an upgrade at once: the second waits for the first.
LOCK = 20260301
LOCKS = {
    "postgresql": f"SELECT pg_advisory_lock({LOCK})",
    "mysql": f"SELECT GET_LOCK('{LOCK}', 3600)",
    "mariadb": f"SELECT GET_LOCK('{LOCK}', 3600)",
}


def migrate() -> None:
    with db.engine.connect() as connection:
        lock = LOCKS.get(connection.dialect.name)
        if lock:
            connection.execute(text(lock))
            connection.commit()
        context.configure(connection=connection, target_metadata=db.metadata, **options)
        with context.begin_transaction():
            context.run_migrations()


migrate()
