"""Background work: what is parked, what waits, and sending it again."""

from collections.abc import Collection

from flask import current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from wxchannels import clock
from wxchannels.extensions import db
from wxchannels.intake import parking
from wxchannels.models import RawPush, Task, TaskState
from wxchannels.outbox import listing, queue, standing
from wxchannels.paging import Page, clip, parse_page
from wxchannels.people.policy import Action
from wxchannels.web.access import account_blueprint
from wxchannels.web.audit import note
from wxchannels.web.kept import set_aside
from wxchannels.web.work_words import KIND_NAMES, explain_task

bp = account_blueprint(
    "work",
    __name__,
    prefix="work",
    read=Action.MANAGE_ACCOUNT,
    write=Action.MANAGE_ACCOUNT,
)

PAGE_SIZE = 50
#: The largest a column holds.
HIGHEST_NUMBER = 2**63 - 1
#: Pushes are taken in within one request; the rest waits for the next click.
MOST_PUSHES = 200
PARKED, WAITING, PUSHES = "parked", "waiting", "pushes"
WAITING_STATES = (TaskState.DUE, TaskState.LEASED)
STATES = {PARKED: (TaskState.PARKED,), WAITING: WAITING_STATES}


@bp.get("")
def index() -> str:
    """Show what is parked, what waits, or the pushes that broke their handler."""
    session, now = db.session(), clock.utcnow()
    show = request.args.get("show", PARKED)
    show = show if show in {*STATES, PUSHES} else PARKED
    page = parse_page(request.args.get("page", ""))
    return render_template(
        "work/index.html",
        show=show,
        found=_find_pushes(page) if show == PUSHES else _find_tasks(show, page),
        choices=_choices(),
        lag=standing.lag(session, g.account.id, now=now),
        workers=standing.list_workers(session),
        aside=set_aside(),
        kind_names=KIND_NAMES,
        explain_task=explain_task,
        now=now,
    )


@bp.post("/again")
def send_again() -> ResponseReturnValue:
    """Put parked work back in line: what was ticked, or all of it."""
    session, now = db.session(), clock.utcnow()
    number = queue.send_again(session, g.account.id, _asked_for(), now=now)
    note("task.again", at=now, tasks=number)
    session.commit()
    flash(
        ngettext(
            "%(num)d task is in line again.", "%(num)d tasks are in line again.", number
        )
    )
    return redirect(url_for(".index"))


@bp.post("/pushes/again")
def take_in_again() -> ResponseReturnValue:
    """Take parked pushes in as if they came now: one, or all of them."""
    session, erase = db.session(), current_app.config["ERASE_ON_UNFOLLOW"]
    parked = parking.find_parked(session, g.account.id, _asked_for(), limit=MOST_PUSHES)
    taken = sum(parking.try_again(session, push, erase=erase) for push in parked)
    left = len(parked) - taken
    note("push.again", at=clock.utcnow(), taken_in=taken, parked_again=left)
    session.commit()
    _say(taken, left)
    return redirect(url_for(".index", show=PUSHES))


def _say(taken: int, left: int) -> None:
    """Say what came of pushes that were taken in again."""
    flash(
        ngettext(
            "%(num)d push is counted now.", "%(num)d pushes are counted now.", taken
        )
    )
    if left:
        sentence = ngettext(
            "%(num)d push broke again and stays here.",
            "%(num)d pushes broke again and stay here.",
            left,
        )
        flash(sentence, "error")


def _asked_for() -> Collection[int] | None:
    """Return the numbers that were chosen; None where all were."""
    if request.form.get("all"):
        return None
    numbers = request.form.getlist("id", type=int)[:PAGE_SIZE]
    return [number for number in numbers if 0 < number <= HIGHEST_NUMBER]


def _find_tasks(show: str, page: int) -> Page[Task]:
    return listing.list_tasks(
        db.session(), g.account.id, STATES[show], page=page, page_size=PAGE_SIZE
    )


def _find_pushes(page: int) -> Page[RawPush]:
    session, account_id = db.session(), g.account.id
    total = parking.count_parked(session, account_id)
    page = clip(page, PAGE_SIZE, total)
    items = parking.list_parked(session, account_id, page=page, page_size=PAGE_SIZE)
    return Page(items, page, PAGE_SIZE, total)


def _choices() -> list[tuple[str, str]]:
    """Return the three views with how much each of them holds."""
    session, account_id = db.session(), g.account.id
    counts = {
        _("Parked"): listing.count_tasks(session, account_id, STATES[PARKED]),
        _("Waiting"): listing.count_tasks(session, account_id, STATES[WAITING]),
        _("Unread pushes"): parking.count_parked(session, account_id),
    }
    labels = (gettext("%(view)s %(num)s", view=v, num=n) for v, n in counts.items())
    return list(zip((PARKED, WAITING, PUSHES), labels, strict=True))
