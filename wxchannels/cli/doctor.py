"""`doctor`: is everything in order, and if not, what is to be done."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from wxchannels import clock
from wxchannels.accounts import accounts, token_check
from wxchannels.accounts.connection import hint
from wxchannels.channels import refusals
from wxchannels.cli import findings, surroundings
from wxchannels.cli.edge import refusals_in_one_line, writing_session
from wxchannels.cli.findings import Finding
from wxchannels.extensions import db
from wxchannels.intake.spool import SpoolError
from wxchannels.models import Account
from wxchannels.outbox.standing import lag
from wxchannels.web.wechat import client_for

MARKS = {True: "ok   ", False: "WRONG", None: "?    "}


@click.command()
@click.pass_context
@with_appcontext
@refusals_in_one_line()
def doctor(ctx: click.Context) -> None:
    """Check settings, database, spool, clock, tokens and callbacks.

    Says what to do and what to paste where; exits with 1 if anything is wrong.
    """
    is_well = True
    for finding in _look_around():
        is_well &= finding.is_fine is not False
        click.echo(f"{MARKS[finding.is_fine]}  {finding.subject}: {finding.says}")
    if not is_well:
        ctx.exit(1)


def _look_around() -> Iterator[Finding]:
    config: dict[str, Any] = current_app.config
    now = clock.utcnow()
    yield Finding("settings", is_fine=True, says="complete")
    yield from surroundings.look_at_addresses(
        config["BASE_URL"], config["TRUSTED_HOSTS"], config["PROXIES"]
    )
    migrations = current_app.extensions["migrate"].migrate.get_config()
    is_usable = True
    for finding in findings.look_at_database(db.engine, migrations, now=now):
        is_usable &= bool(finding.is_fine)
        yield finding
    yield from _look_at_host(now)
    if is_usable:
        yield findings.look_at_work(lag(db.session(), now=now))
        keys = findings.look_at_keys(db.session())
        yield keys
        if keys.is_fine:
            yield from _look_at_accounts(config["BASE_URL"])


def _look_at_host(now: datetime) -> Iterator[Finding]:
    config: dict[str, Any] = current_app.config
    yield surroundings.look_at_spool(config["SPOOL_DIR"])
    # Where the spool cannot be used, the line before says why.
    with suppress(SpoolError):
        status = current_app.extensions["intake"].status()
        yield surroundings.look_at_leftovers(status, now=now)
    yield surroundings.look_at_clock(config["API_BASE"], now=now)


def _look_at_accounts(base_url: str) -> Iterator[Finding]:
    session = db.session()
    connected = accounts.list_accounts(session)
    if not connected:
        says = "none yet; `accounts add` connects one"
        yield Finding("accounts", is_fine=False, says=says)
    for account in connected:
        yield _look_at_token(account)
        yield _look_at_callback(account, base_url)


def _look_at_token(account: Account) -> Finding:
    """Ask WeChat for a token and remember the answer, as the checklist does."""
    subject, wechat = f"{account.slug}, token", client_for(account)
    # WeChat is never asked with a transaction open.
    db.session.rollback()
    answer = token_check.ask(wechat.check_token)
    with writing_session():
        token_check.record(account, answer, at=clock.utcnow())
    error = token_check.error_of(account)
    if error is None:
        return Finding(subject, is_fine=True, says="WeChat gives one")
    return Finding(subject, is_fine=False, says=refusals.explain(error).english)


def _look_at_callback(account: Account, base_url: str) -> Finding:
    subject = f"{account.slug}, callback"
    if account.verified_at:
        says = f"verified {account.verified_at:%Y-%m-%d %H:%M} UTC"
        if account.previous_token or account.previous_aes_key:
            says += (
                "; the token or key before the last change is still taken, until "
                f"`accounts forget-previous {account.slug}`"
            )
        return Finding(subject, is_fine=True, says=says)
    lines = [
        "not verified. In WeChat's console, 设置与开发 → 开发接口管理 → 服务器配置:",
        f"URL             {accounts.callback_url(base_url, account.slug)}",
        f"Token           the one entered here, {hint(account.token)}",
        f"EncodingAESKey  {_key_advice(account)}",
        f"Mode            {account.mode}",
        "WeChat calls only ports 80 and 443, and pushes nothing until it has verified.",
    ]
    return Finding(subject, is_fine=False, says="\n         ".join(lines))


def _key_advice(account: Account) -> str:
    if account.aes_key is None:
        return "any: pushes come in the clear"
    return f"the one entered here, {hint(account.aes_key)}"
