"""Where commands meet the business: a session that may write, refusals in one line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from flask.cli import AppGroup
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from wxchannels import database
from wxchannels.channels import refusals
from wxchannels.channels.words import has_control_characters, one_line
from wxchannels.columns import UnreadableSecretError
from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.wechat.errors import WeChatError

Result = TypeVar("Result")
#: Databases end one of two transactions that wait for each other.
TRIES = 5


class OperatorGroup(AppGroup):
    """A group of commands that say in one line why something cannot be done."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as click types it
        """Run the command; what it expects to go wrong ends in exit code 1."""
        with refusals_in_one_line():
            return super().invoke(ctx)


@contextmanager
def refusals_in_one_line() -> Iterator[None]:
    """Turn what may well go wrong into a line on standard error and exit code 1."""
    try:
        yield
    except DomainError as error:
        raise refusal(error) from None
    except WeChatError as error:
        raise click.ClickException(refusals.explain(error).english) from None
    except DatabaseError as error:
        reason = str(error.orig).strip().split("\n")[0]
        sentence = f"The database refused: {reason}. `doctor` says more."
        raise click.ClickException(sentence) from None
    except UnicodeError:
        raise click.ClickException("Part of what was given is not UTF-8.") from None
    except UnreadableSecretError as error:
        sentence = f"DATA_KEYS lacks the key that sealed {error}. `doctor` says more."
        raise click.ClickException(sentence) from None


def refusal(*errors: DomainError) -> click.ClickException:
    """Return what ends a command: a line for each that names the option."""
    lines = [
        f"--{one.field.replace('_', '-')}: {one}" if one.field else str(one)
        for one in errors
    ]
    return click.ClickException("\n       ".join(lines))


class Line(click.ParamType[str]):
    """Text as people read it, without the blanks around it."""

    name = "text"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Return the text, or refuse what nobody can see."""
        if has_control_characters(value):
            self.fail("It holds characters that nobody can see.", param, ctx)
        return one_line(value)


LINE = Line()


@contextmanager
def writing_session() -> Iterator[Session]:
    """Give a session that may write and commit it at the end, once."""
    before = database.writing.set(True)
    try:
        session = db.session()
        yield session
        session.commit()
    finally:
        database.writing.reset(before)


def written(work: Callable[[Session], Result]) -> Result:
    """Return what `work` returns, committed: one of many small parts beside the intake.

    It is done again where the database ended it in favour of another.
    """
    for left in reversed(range(TRIES)):
        try:
            with writing_session() as session:
                return work(session)
        except OperationalError as error:
            db.session.rollback()
            if not left or not database.is_deadlock(error):
                raise
    raise AssertionError("the last try returns or raises")
