"""The demo's first run: an account, its channels, a month of pushes over HTTP."""

import os
import secrets
import string
import time
from collections.abc import Sequence
from datetime import datetime

import flask_migrate
from flask_security.utils import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Config
from wxchannels import clock
from wxchannels.accounts import accounts, greetings, token_check
from wxchannels.accounts.connection import Connection
from wxchannels.accounts.importing import import_list
from wxchannels.app import create_app
from wxchannels.channels import rules
from wxchannels.channels.rules import RuleFields
from wxchannels.cli.edge import writing_session
from wxchannels.database import transactions
from wxchannels.demo import members, menu, opening, places, story
from wxchannels.demo.places import PHONES, PLACES
from wxchannels.demo.processes import POLL_SECONDS, answers
from wxchannels.demo.settings import EMAIL, PASSWORD, Demo, DemoError, demo_of
from wxchannels.demo.story import Stage, first_midnight
from wxchannels.extensions import db
from wxchannels.models import Account, QRCode, Role
from wxchannels.people import passwords, users
from wxchannels.people.audit import COMMAND_LINE
from wxchannels.people.users import Rights
from wxchannels.sandbox.remote import Sandbox
from wxchannels.web.wechat import client_for

LETTERS = string.ascii_letters + string.digits
#: Enough to keep the product busy without a queue.
THREADS = 8


def main() -> None:
    """Play the story at the first run; later only the addresses may have changed."""
    demo = demo_of(os.environ)
    app = create_app(Config(os.environ))
    with app.app_context():
        flask_migrate.upgrade()
        if demo.is_seeded:
            introduce(demo)
            return
        start = first_midnight(clock.utcnow())
        admit_administrator(os.environ[PASSWORD])
        connect_account(start)
        sandbox = introduce(demo)
        sandbox.issue_code(places.OLD_POSTER)
        open_channels(start)
        menu.publish(db.session(), _account(db.session()), EMAIL, at=start)
        play(sandbox, start)
    demo.seeded.touch()


def admit_administrator(password: str) -> None:
    """Admit who runs the demo."""
    password_hash = hash_password(passwords.normalize(password))
    with writing_session() as session:
        users.add_user(
            session,
            COMMAND_LINE,
            EMAIL,
            "许曼",
            Rights(role=Role.ADMIN, on_accounts={}),
            password_hash=password_hash,
            at=clock.utcnow(),
        )


def connect_account(start: datetime) -> None:
    """Connect the tea house with secrets nobody has seen."""
    connection = Connection(
        slug=places.SLUG,
        name=places.NAME,
        app_id=places.APP_ID,
        original_id=places.ORIGINAL_ID,
        app_secret=secrets.token_hex(16),
        token=_letters(16),
        aes_key=_letters(43),
    )
    with writing_session() as session:
        account = accounts.connect_account(session, connection, at=start)
        greetings.change_replies(account, places.WELCOME)
        rules.change_fallback(account, places.FALLBACK)
        # Off and empty elsewhere until an administrator says otherwise.
        account.signs_users_in = True
        account.return_addresses = [menu.SHOP]
        for answers_to, matching, words, reply in places.RULES:
            fields = RuleFields(
                answers=answers_to, matching=matching, words=words, reply=reply
            )
            rules.add_rule(session, account, fields)


def introduce(demo: Demo) -> Sandbox:
    """Tell the simulated WeChat of the account, and have it verify the callback."""
    for url in (f"{demo.sandbox_url}/sandbox/api/clock", f"{demo.url}/healthz"):
        while not answers(url):
            time.sleep(POLL_SECONDS)
    account = accounts.get_account(db.session(), places.SLUG)
    sandbox = Sandbox(demo.sandbox_url, account.app_id)
    sandbox.open_account(
        secret=account.app_secret,
        original_id=account.original_id,
        name=account.name,
        token=account.token,
        aes_key=account.aes_key,
        mode=account.mode,
        callback_url=accounts.callback_url(demo.url, account.slug),
        product_url=demo.url,
    )
    db.session.rollback()
    if not sandbox.verify_callback():
        raise DemoError("The simulated WeChat could not verify the callback.")
    return sandbox


def open_channels(start: datetime) -> None:
    """Open every channel with a code that the simulated WeChat issues."""
    session = db.session()
    wechat = client_for(_account(session))
    session.rollback()
    answer = token_check.ask(wechat.check_token)
    with writing_session():
        token_check.record(_account(session), answer, at=clock.utcnow())
    # The phone shows the newest codes first: the busy shops, not the archived card.
    for place in reversed(PLACES):
        opening.open_channel(session, place, start)


def play(sandbox: Sandbox, start: datetime) -> None:
    """Play the month through the sandbox: what it pushes arrives over HTTP."""
    stage = Stage(
        scenes=_scenes(db.session()),
        buttons=menu.LIKED,
        start=start,
        end=clock.utcnow(),
    )
    db.session.rollback()
    sandbox.play(story.old_followers(stage))
    _import_followers(start)
    played = sandbox.play(story.tell(stage), threads=THREADS)
    if played.verdicts.keys() - {"handled", "reply"}:
        raise DemoError(f"Pushes went wrong: {dict(played.verdicts)}")
    _hand_out_phones(sandbox)
    members.bind(db.session(), sandbox)
    opening.finish_channels()


def _import_followers(start: datetime) -> None:
    """Import who followed before the story, as `followers import` does."""
    session = db.session()
    wechat = client_for(_account(session))
    session.rollback()
    with writing_session():
        account = _account(session)
        # In the story the callback was verified a month ago.
        account.verified_at = start
    with transactions(write=True):
        for _ in import_list(session, wechat, account.id, now=clock.utcnow):
            pass


def _hand_out_phones(sandbox: Sandbox) -> None:
    """Put people on the phone page; some of them follow already."""
    names = {code.scene: code.channel.name for code in _codes(db.session())}
    db.session.rollback()
    sandbox.name_scenes({**names, places.OLD_POSTER: places.OLD_POSTER_NAME})
    for person, (name, follows) in PHONES.items():
        sandbox.name_person(person, name)
        if follows:
            sandbox.follow(person)


def _scenes(session: Session) -> list[tuple[str, int]]:
    weights = {place.name: place.weight for place in PLACES}
    return [(code.scene, weights[code.channel.name]) for code in _codes(session)]


def _codes(session: Session) -> Sequence[QRCode]:
    return session.scalars(select(QRCode).order_by(QRCode.id)).all()


def _account(session: Session) -> Account:
    return accounts.get_account(session, places.SLUG)


def _letters(count: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(count))


if __name__ == "__main__":
    main()
