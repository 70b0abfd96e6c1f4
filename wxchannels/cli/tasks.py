"""`tasks`: outside work that waits or is parked, and sending it again."""

from collections.abc import Iterator

import click
from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.accounts import accounts
from wxchannels.channels import refusals
from wxchannels.cli.edge import OperatorGroup, writing_session
from wxchannels.extensions import db
from wxchannels.models import Account, Task, TaskState
from wxchannels.outbox import listing, queue
from wxchannels.people import audit
from wxchannels.wechat.errors import refusal

#: More than this nobody reads on a terminal.
MOST = 200
#: More than this no column holds.
LARGEST = 2**63 - 1
STATES = {
    "parked": (TaskState.PARKED,),
    "waiting": (TaskState.DUE, TaskState.LEASED),
}

group = OperatorGroup("tasks", help="Work that waits for WeChat, the night or you.")


@group.command("list")
@click.option("--account", "slug", help="The account's slug; all of them without it.")
@click.option("--state", type=click.Choice(list(STATES)), default="parked")
def list_tasks(slug: str | None, state: str) -> None:
    """List what is parked, or what waits, with the reason."""
    session, found = db.session(), 0
    for account in _accounts(session, slug):
        page = listing.list_tasks(session, account.id, STATES[state], page_size=MOST)
        found += page.total
        for task in page.items:
            click.echo(_line(account, task))
        if page.total > len(page.items):
            click.echo(f"… and {page.total - len(page.items)} more of {account.slug}")
    if not found:
        click.echo(f"Nothing is {state}.", err=True)


@group.command()
@click.argument("numbers", nargs=-1, type=click.IntRange(1, LARGEST))
@click.option("--all", "is_all", is_flag=True, help="All that is parked.")
@click.option("--account", "slug", help="The account's slug; all of them without it.")
def again(numbers: tuple[int, ...], slug: str | None, *, is_all: bool) -> None:
    """Put parked tasks back in line: those with NUMBERS, or all."""
    if bool(numbers) == is_all:
        raise click.UsageError("Name the tasks, or say --all.")
    sent = 0
    with writing_session() as session:
        for account in _accounts(session, slug):
            sent += _send_again(session, account, None if is_all else numbers)
    click.echo(f"in line again: {sent}")
    if sent < len(set(numbers)):
        raise click.ClickException("Not all of them are parked: see `tasks list`.")


def _send_again(
    session: Session, account: Account, numbers: tuple[int, ...] | None
) -> int:
    now = clock.utcnow()
    sent = queue.send_again(session, account.id, numbers, now=now)
    if sent:
        details = {"tasks": sent}
        actor = audit.COMMAND_LINE
        audit.note(
            session, actor, "task.again", account=account, details=details, at=now
        )
    return sent


def _accounts(session: Session, slug: str | None) -> Iterator[Account]:
    if slug:
        yield accounts.get_account(session, slug)
    else:
        yield from accounts.list_accounts(session)


def _line(account: Account, task: Task) -> str:
    why = task.error
    if task.errcode:
        why = refusals.explain(refusal(task.errcode, task.error)).english
    moment = f"{task.due_at:%Y-%m-%d %H:%M} UTC"
    tries = f"{task.attempts} tries"
    parts = [str(task.id), account.slug, task.kind, task.subject, moment, tries, why]
    return "  ".join(part for part in parts if part)
