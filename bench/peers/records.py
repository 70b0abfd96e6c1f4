"""The work in the database, in Flask-SQLAlchemy, for the peers that bring none."""

import hashlib
import os
from datetime import UTC, date, datetime

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, ForeignKey, String, event, select
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.pushes import GREETING, SCENES


class Base(DeclarativeBase):
    """The tables."""


db = SQLAlchemy(model_class=Base)


class Channel(db.Model):
    """Where a code hangs, and what it says."""

    id: Mapped[int] = mapped_column(primary_key=True)
    scene: Mapped[str] = mapped_column(String(64), unique=True)
    greeting: Mapped[str] = mapped_column(String(600))


class Follower(db.Model):
    """Who follows."""

    id: Mapped[int] = mapped_column(primary_key=True)
    openid: Mapped[str] = mapped_column(String(64), unique=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    followed_at: Mapped[datetime]


class Push(db.Model):
    """A push, once, as it came and as what it turned out to be."""

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    follower_id: Mapped[int] = mapped_column(ForeignKey("follower.id"), index=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channel.id"))
    kind: Mapped[str] = mapped_column(String(16))
    happened_at: Mapped[datetime]
    body: Mapped[bytes]


class DayCounter(db.Model):
    """What a channel brought on a day."""

    channel_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    new_follows: Mapped[int] = mapped_column(default=0)
    refollows: Mapped[int] = mapped_column(default=0)


def bind(app: Flask) -> None:
    """Give `app` the database, with the rules that SQLAlchemy documents for SQLite."""
    app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["PEER_DATABASE_URL"]
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 16}
    db.init_app(app)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.listen(db.engine, "connect", _prepare)
            event.listen(db.engine, "begin", _begin)


def set_up() -> None:
    """Make the tables and the channels."""
    app = Flask(__name__)
    bind(app)
    with app.app_context():
        db.create_all()
        db.session.add_all(Channel(scene=s, greeting=GREETING) for s in SCENES)
        db.session.commit()


def follow(openid: str, scene: str, happened_at: datetime, body: bytes) -> str:
    """Record a follow and return what the person is greeted with.

    Where another thread wrote the same row first, once more: then it is found.
    """
    try:
        return _follow(openid, scene, happened_at, body)
    except IntegrityError:
        db.session.rollback()
        return _follow(openid, scene, happened_at, body)


def _follow(openid: str, scene: str, happened_at: datetime, body: bytes) -> str:
    session = db.session
    key = hashlib.sha256(f"{openid} {happened_at} {scene}".encode()).hexdigest()
    channel = session.scalars(select(Channel).filter_by(scene=scene)).one()
    if session.scalar(select(Push.id).filter_by(key=key)) is not None:
        return channel.greeting
    follower = session.scalar(select(Follower).filter_by(openid=openid))
    kind = "refollow" if follower else "new_follow"
    if follower is None:
        follower = Follower(
            openid=openid, channel_id=channel.id, followed_at=happened_at
        )
        session.add(follower)
        session.flush()
    session.add(
        Push(
            key=key,
            follower_id=follower.id,
            channel_id=channel.id,
            kind=kind,
            happened_at=happened_at,
            body=body,
        )
    )
    _count(channel.id, happened_at.date(), kind)
    greeting = channel.greeting
    session.commit()
    return greeting


def _count(channel_id: int, day: date, kind: str) -> None:
    counter = db.session.get(DayCounter, (channel_id, day), with_for_update=True)
    if counter is None:
        counter = DayCounter(channel_id=channel_id, day=day, new_follows=0, refollows=0)
        db.session.add(counter)
    if kind == "new_follow":
        counter.new_follows += 1
    else:
        counter.refollows += 1


def moment(seconds: int) -> datetime:
    """Return WeChat's CreateTime as stored: plain UTC."""
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)


def _prepare(connection: DBAPIConnection, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


if __name__ == "__main__":
    set_up()
