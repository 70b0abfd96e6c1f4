"""`users`: admit people, and help those who cannot get in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import current_app
from flask_security.utils import hash_password

from wxchannels import clock
from wxchannels.accounts import accounts
from wxchannels.cli.edge import LINE, OperatorGroup, writing_session
from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.models import Role, User
from wxchannels.people import links, passwords, second_factor, sign_in, users
from wxchannels.people.audit import COMMAND_LINE
from wxchannels.people.users import Rights

PASSWORD_VARIABLE = "WXCHANNELS_PASSWORD"  # noqa: S105 - the name, not the password

group = OperatorGroup("users", help="Admit people.")


@group.command()
@click.argument("email")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--account", "slug", help="Only there; without it, everywhere.")
@click.option("--name", default="", type=LINE, help="As colleagues know them.")
def add(email: str, role: str, slug: str | None, name: str) -> None:
    """Admit EMAIL.

    The password comes from WXCHANNELS_PASSWORD or is asked for.
    """
    with _told_plainly():
        email = users.normal_email(email)
        typed = os.environ.get(PASSWORD_VARIABLE) or _ask_for_password()
        hashed = hash_password(passwords.check_password(typed, email=email))
    with _told_plainly(), writing_session() as session:
        rights = Rights(role=Role(role), on_accounts={})
        if slug:
            number = accounts.get_account(session, slug).id
            rights = Rights(role=None, on_accounts={number: Role(role)})
        users.add_user(
            session,
            COMMAND_LINE,
            email,
            name,
            rights,
            password_hash=hashed,
            at=clock.utcnow(),
        )
    click.echo(f"Admitted {email}.")


@group.command("list")
def show() -> None:
    """List the people."""
    page = 1
    while True:
        found = users.list_users(db.session(), page=page)
        for user in found.items:
            click.echo(_line(user))
        if page * found.page_size >= found.total:
            return
        page += 1


@group.command()
@click.argument("email")
@click.option("--code", is_flag=True, help="Switch the authenticator code off too.")
def reset(email: str, *, code: bool) -> None:
    """Print a one-time link with which EMAIL sets a new password, and unlock them."""
    now = clock.utcnow()
    with writing_session() as session:
        user = users.find_user(session, email)
        if user is None:
            raise users.UserNotFoundError
        sign_in.unlock(session, COMMAND_LINE, user, at=now)
        if code:
            second_factor.turn_off(session, COMMAND_LINE, user, at=now)
        secret = links.issue_link(session, COMMAND_LINE, user, at=now)
    click.echo(f"{current_app.config['BASE_URL']}/password/{secret}")


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Tell a refusal without naming an option: the address and password are none."""
    try:
        yield
    except DomainError as error:
        raise click.ClickException(str(error)) from None


def _ask_for_password() -> str:
    password: str = click.prompt(
        "Password", hide_input=True, confirmation_prompt=True, err=True
    )
    return password


def _line(user: User) -> str:
    roles = [f"{row.account.slug}: {row.role}" for row in user.memberships]
    everywhere = [str(user.role)] if user.role else []
    state = "active" if user.active else "disabled"
    return "\t".join([user.email, user.name, ", ".join(everywhere + roles), state])
