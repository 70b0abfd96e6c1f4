"""The application: reads as a list of what is bound."""

from pathlib import Path
from typing import Literal

from alembic.autogenerate.api import AutogenContext
from flask import Flask
from sqlalchemy.engine import make_url
from werkzeug.middleware.proxy_fix import ProxyFix

from wxchannels import cli, database, web
from wxchannels.columns import Encrypted, EncryptedBytes, keyring
from wxchannels.extensions import babel, csrf, db, limiter, migrate
from wxchannels.intake.intake import Intake
from wxchannels.metrics.metrics import Metrics
from wxchannels.web import locale

__all__ = ["create_app"]

#: A page or a form; files are checked again where they are taken.
MAX_FORM_BYTES = 2 * 1024 * 1024


def create_app(config: object) -> Flask:
    """Return the application for `config`, an object with Flask's settings."""
    app = Flask(__name__)
    app.config.from_object(config)
    app.config.setdefault("MAX_CONTENT_LENGTH", MAX_FORM_BYTES)
    app.config["SESSION_REFRESH_EACH_REQUEST"] = False
    # WeChat follows no redirect, so no slash too many or too few may cause one.
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    _bind_database(app)
    _bind_extensions(app)
    web.register(app)
    cli.register(app)
    proxies = app.config["PROXIES"]
    if proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign] # Flask's way
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    return app


def _bind_database(app: Flask) -> None:
    keyring.use(app.config["DATA_KEYS"])
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    path = make_url(url).database
    if url.startswith("sqlite") and path:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    db.init_app(app)
    with app.app_context():
        database.configure(db.engine)
    bind_intake(app)


def bind_intake(app: Flask) -> None:
    """Let `app` take pushes in and tell how many: what has threads and a spool."""
    app.config["SPOOL_DIR"].mkdir(mode=0o700, parents=True, exist_ok=True)
    app.extensions["intake"] = Intake(
        app.config["SQLALCHEMY_DATABASE_URI"],
        spool_dir=app.config["SPOOL_DIR"],
        erase_on_unfollow=app.config["ERASE_ON_UNFOLLOW"],
        deadline=app.config["CALLBACK_DEADLINE_SECONDS"],
    )
    app.extensions["metrics"] = Metrics(
        app.extensions["intake"], app.config["SPOOL_DIR"]
    )


def _bind_extensions(app: Flask) -> None:
    folder = str(Path(__file__).parent.parent / "migrations")
    migrate.init_app(
        app, db, directory=folder, render_as_batch=True, render_item=_render_item
    )
    csrf.init_app(app)
    limiter.init_app(app)
    areas = sorted((Path(app.root_path) / "translations").glob("*/zh"))
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(
        str(area.parent) for area in areas
    )
    babel.init_app(app, default_locale="zh", locale_selector=locale.choose)


def _render_item(
    kind: str, item: object, context: AutogenContext
) -> str | Literal[False]:
    """Write our column types into a migration as what the database stores."""
    if kind != "type" or type(item).__module__ != "wxchannels.columns":
        return False
    if isinstance(item, Encrypted):
        return "sa.LargeBinary()"
    context.imports.add("from sqlalchemy.dialects import mysql")
    if isinstance(item, EncryptedBytes):
        return 'sa.LargeBinary().with_variant(mysql.MEDIUMBLOB(), "mysql", "mariadb")'
    return 'sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql", "mariadb")'
