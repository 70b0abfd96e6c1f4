"""Who changed what and when, for administrators. Reads only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from wxchannels.models import Account, AuditEntry, Channel, QRCode, User
from wxchannels.paging import Page, clip
from wxchannels.reports.periods import Period

PAGE_SIZE = 50


@dataclass(frozen=True, kw_only=True)
class AuditAsked:
    """Which entries are asked for."""

    #: Empty for all times.
    period: Period | None
    actor: str = ""
    #: Empty for whatever was done.
    actions: Collection[str] = ()
    #: Those of no account: people, their rights, their signing in.
    of_people: bool = False

    def scope(self, account: Account) -> ColumnElement[bool]:
        """Return the condition that an entry belongs where is looked."""
        if self.of_people:
            return AuditEntry.account_id.is_(None)
        return AuditEntry.account_id == account.id

    def conditions(self, account: Account) -> list[ColumnElement[bool]]:
        """Return the conditions that an entry must fulfil."""
        conditions = [self.scope(account)]
        if self.period:
            conditions.append(AuditEntry.at >= self.period.begins_at)
            conditions.append(AuditEntry.at < self.period.ends_at)
        if self.actor:
            conditions.append(AuditEntry.actor == self.actor)
        if self.actions:
            conditions.append(AuditEntry.action.in_(self.actions))
        return conditions


@dataclass(frozen=True, kw_only=True)
class Subject:
    """What something was done to, where it has a name."""

    name: str
    channel_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class AuditLog:
    """A page of the entries, the newest first."""

    found: Page[AuditEntry]
    #: By the number of the entry.
    subjects: Mapping[int, Subject]
    #: Everybody who did something here.
    actors: Sequence[str]


def audit_log(
    session: Session, account: Account, asked: AuditAsked, *, page: int
) -> AuditLog:
    """Return page `page` of the entries asked for, or the last one there is."""
    conditions = asked.conditions(account)
    total = session.scalar(select(func.count(AuditEntry.id)).where(*conditions)) or 0
    number = clip(page, PAGE_SIZE, total)
    newest = select(AuditEntry).where(*conditions).order_by(AuditEntry.id.desc())
    shown = newest.offset((number - 1) * PAGE_SIZE).limit(PAGE_SIZE)
    items = session.scalars(shown).all()
    actors = select(AuditEntry.actor).where(asked.scope(account)).distinct()
    return AuditLog(
        found=Page(items, number, PAGE_SIZE, total),
        subjects=_find_subjects(session, items),
        actors=session.scalars(actors.order_by(AuditEntry.actor)).all(),
    )


def _find_subjects(
    session: Session, entries: Iterable[AuditEntry]
) -> Mapping[int, Subject]:
    by_noun: dict[str, dict[int, int]] = {"channel": {}, "qrcode": {}, "user": {}}
    for entry in entries:
        noun = entry.action.partition(".")[0]
        if noun in by_noun and entry.subject_id is not None:
            by_noun[noun][entry.id] = entry.subject_id
    named = {
        "channel": _channels(session, by_noun["channel"].values()),
        "qrcode": _channels_of_codes(session, by_noun["qrcode"].values()),
        "user": _users(session, by_noun["user"].values()),
    }
    return {
        entry_id: named[noun][subject_id]
        for noun, subjects in by_noun.items()
        for entry_id, subject_id in subjects.items()
        if subject_id in named[noun]
    }


def _channels(session: Session, ids: Collection[int]) -> dict[int, Subject]:
    query = select(Channel.id, Channel.name).where(Channel.id.in_(ids))
    return {
        number: Subject(name=name, channel_id=number)
        for number, name in session.execute(query)
    }


def _channels_of_codes(session: Session, ids: Collection[int]) -> dict[int, Subject]:
    query = select(QRCode.id, Channel.name, Channel.id).join(QRCode.channel)
    return {
        number: Subject(name=name, channel_id=channel_id)
        for number, name, channel_id in session.execute(query.where(QRCode.id.in_(ids)))
    }


def _users(session: Session, ids: Collection[int]) -> dict[int, Subject]:
    query = select(User.id, User.email).where(User.id.in_(ids))
    return {
        number: Subject(name=email, user_id=number)
        for number, email in session.execute(query)
    }
