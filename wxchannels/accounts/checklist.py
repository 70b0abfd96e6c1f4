"""How far an account's connection has come: six steps that tick themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from wxchannels.models import Account, Channel


class StepName(StrEnum):
    """What has to be true, in the order in which people get there."""

    ENTERED = "entered"
    TOKEN = "token"  # noqa: S105 - a step's name
    CALLBACK = "callback"
    FIRST_PUSH = "first_push"
    FOLLOWERS = "followers"
    FIRST_CHANNEL = "first_channel"


class StepState(StrEnum):
    """Where a step stands."""

    DONE = "done"
    FAILED = "failed"
    #: The one to do next.
    NOW = "now"
    LATER = "later"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One line of the checklist."""

    name: StepName
    state: StepState


@dataclass(frozen=True, kw_only=True)
class Checklist:
    """All steps of an account."""

    steps: Sequence[Step]

    @property
    def done(self) -> int:
        """Return how many steps are done."""
        return sum(step.state is StepState.DONE for step in self.steps)

    @property
    def is_complete(self) -> bool:
        """Say whether nothing is left to do."""
        return self.done == len(self.steps)


def checklist(session: Session, account: Account) -> Checklist:
    """Return where every step of `account` stands."""
    done = _done(session, account)
    failed = {StepName.TOKEN} if token_failed(account) else set()
    todo = [name for name in StepName if name not in done | failed]
    states = {
        **dict.fromkeys(todo, StepState.LATER),
        **dict.fromkeys(todo[:1], StepState.NOW),
        **dict.fromkeys(failed, StepState.FAILED),
        **dict.fromkeys(done, StepState.DONE),
    }
    return Checklist(steps=[Step(name=name, state=states[name]) for name in StepName])


def token_works(account: Account) -> bool:
    """Say whether WeChat gave us a token when we last asked."""
    return account.token_checked_at is not None and not token_failed(account)


def token_failed(account: Account) -> bool:
    """Say whether WeChat refused us a token, or did not answer."""
    return account.token_errcode is not None or account.token_error is not None


def _done(session: Session, account: Account) -> set[StepName]:
    channels = select(Channel.id).where(Channel.account_id == account.id)
    facts = {
        StepName.ENTERED: True,
        StepName.TOKEN: token_works(account),
        StepName.CALLBACK: account.verified_at is not None,
        StepName.FIRST_PUSH: account.first_push_at is not None,
        StepName.FOLLOWERS: account.followers_imported_at is not None,
        StepName.FIRST_CHANNEL: session.scalar(channels.limit(1)) is not None,
    }
    return {name for name, is_done in facts.items() if is_done}
