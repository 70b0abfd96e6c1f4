"""The audit log: who changed what and when, for administrators."""

from datetime import datetime

from flask import Response, g, request
from flask_security import current_user

from wxchannels import clock
from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.paging import parse_page
from wxchannels.people import policy
from wxchannels.people.policy import Action
from wxchannels.reports.audit_log import AuditAsked, audit_log
from wxchannels.web.access import account_blueprint
from wxchannels.web.audit_words import (
    KINDS,
    PEOPLE,
    ActKind,
    act_word,
    actor_word,
    list_details,
)
from wxchannels.web.errors import sentence_of, status_of
from wxchannels.web.fragments import answer
from wxchannels.web.period_query import period_name, read_any_period

bp = account_blueprint(
    "audit",
    __name__,
    prefix="audit",
    read=Action.MANAGE_ACCOUNT,
    write=Action.MANAGE_ACCOUNT,
)

PAGE, PART = "audit/index.html", "audit/_view.html"


@bp.get("")
def index() -> Response:
    """List what was done, the newest first."""
    now = clock.utcnow()
    asked, page = read_asked(now), parse_page(request.args.get("page", ""))
    return answer(
        PAGE,
        PART,
        asked=asked,
        period=asked.period,
        chosen=period_name(request.args, asked.period, now),
        kinds=_kinds(),
        log=audit_log(db.session(), g.account, asked, page=page),
        act_word=act_word,
        actor_word=actor_word,
        list_details=list_details,
        runs_installation=policy.is_administrator(current_user),
        now=now,
    )


@bp.errorhandler(DomainError)
def explain(error: DomainError) -> Response:
    """Show the form again with what is wrong in it, as it was filled in."""
    return answer(
        PAGE,
        PART,
        status=status_of(error),
        refusal=sentence_of(error),
        refused_field=error.field,
        kinds=_kinds(),
        now=clock.utcnow(),
    )


def read_asked(now: datetime) -> AuditAsked:
    """Return which entries the address asks for."""
    args, kinds = request.args, _kinds()
    kind = args.get("kind", "")
    return AuditAsked(
        period=read_any_period(args, g.account, now=now),
        actor=args.get("who", ""),
        actions=tuple(kinds[kind].acts) if kind in kinds else (),
        of_people=kind == PEOPLE and PEOPLE in kinds,
    )


def _kinds() -> dict[str, ActKind]:
    """Return what the reader may see: people are of all accounts."""
    if policy.is_administrator(current_user):
        return KINDS
    return {key: kind for key, kind in KINDS.items() if key != PEOPLE}
