"""The phone page: shown by GET, played with by plain forms."""

import secrets
from typing import Any

from flask import (
    Blueprint,
    Response,
    make_response,
    redirect,
    render_template,
    request,
    send_from_directory,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from wxchannels.sandbox import qrcodes
from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.actions import act
from wxchannels.sandbox.errors import UnknownThingError
from wxchannels.sandbox.phone import cards, chat, switches, wire
from wxchannels.sandbox.phone.assets import DIST, OWN
from wxchannels.sandbox.phone.authorize import PERSON_COOKIE
from wxchannels.sandbox.phone.times import full_time
from wxchannels.sandbox.state import current_post, current_state, current_world
from wxchannels.sandbox.world import Person

LONGEST_NAME = 20
#: What a form may say about an action.
WORDS = ("code", "text", "button")
#: The scene of a code that some other tool made: the product does not know it.
FOREIGN_SCENE = "other-tool"

bp = Blueprint("phone", __name__)


@bp.get("/")
def index() -> Response:
    """Show the phone of a person; links that lead to WeChat are opened by them."""
    world = current_world()
    with world.changing():
        account, person = _account(), _person()
        if account is None:
            return make_response(render_template("sandbox/nothing.html", here={}))
        page = render_template("sandbox/page.html", **_page(account, person))
    response = make_response(page)
    if person:
        response.set_cookie(PERSON_COOKIE, person.person_id, samesite="Lax")
    return response


@bp.post("/do")
def do() -> AnyResponse:
    """Let the person do something."""
    state, form = current_state(), request.form
    details: dict[str, Any] = {"payment": "payment" in form}
    details |= {name: form[name] for name in WORDS if name in form}
    now = state.world.clock.seconds()
    outcome = act(
        state.world, form["account"], form["person"], form["do"], details, at=now
    )
    if outcome.push:
        state.post.send(outcome.push)
    return _back("phone")


@bp.post("/foreign")
def scan_foreign() -> AnyResponse:
    """Scan a code the account issued through some other tool."""
    state, form = current_state(), request.form
    now = state.world.clock.seconds()
    info = {"scene": {"scene_str": FOREIGN_SCENE}}
    wish = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": info}
    with state.world.changing():
        qrcode = qrcodes.issue(state.world.get_account(form["account"]), wish, at=now)
    details = {"code": qrcode.ticket}
    outcome = act(state.world, form["account"], form["person"], "scan", details, at=now)
    if outcome.push:
        state.post.send(outcome.push)
    return _back("phone")


@bp.post("/close")
def close_profile() -> AnyResponse:
    """Leave the profile page without following: WeChat tells nobody."""
    world = current_world()
    with world.changing():
        account = world.get_account(request.form["account"])
        person = world.get_person(request.form["person"])
        world.relation(account, person).profile = None
    return _back()


@bp.post("/people")
def add_person() -> AnyResponse:
    """Let somebody new take a phone."""
    name = request.form.get("name", "").strip()[:LONGEST_NAME]
    if not name:
        return _back()
    world, person_id = current_world(), f"p-{secrets.token_hex(4)}"
    with world.changing():
        world.people[person_id] = Person(person_id, name)
    account = request.form["account"]
    return redirect(url_for(".index", account=account, person=person_id))


@bp.post("/clock")
def move_clock() -> AnyResponse:
    """Let time pass, and bring what is due."""
    state = current_state()
    with state.world.changing():
        state.world.clock.advance(request.form.get("advance", 0, type=int))
    state.post.deliver_due()
    return _back()


@bp.post("/switches")
def turn_switches() -> AnyResponse:
    """Misbehave as the form says."""
    world = current_world()
    with world.changing():
        account = world.get_account(request.form["account"])
        switches.turn(account, request.form.getlist("on"))
    return _back()


@bp.post("/release")
def release() -> AnyResponse:
    """Send what was kept back, the last one first."""
    account = current_world().get_account(request.form["account"])
    current_post().release(account.app_id, order="reversed")
    return _back()


@bp.get("/stamp")
def show_stamp() -> Response:
    """Return something that changes whenever the page would look different."""
    account = _account()
    with current_world().reading():
        stamp = _stamp(account) if account else ""
    return Response(stamp, content_type="text/plain")


@bp.get("/static/<path:name>")
def static(name: str) -> Response:
    """Return the product's style sheet and font, or the page's own script."""
    return send_from_directory(OWN if (OWN / name).is_file() else DIST, name)


def _page(account: Account, person: Person | None) -> dict[str, Any]:
    """Return all that the page shows."""
    state = current_state()
    now = state.world.clock.seconds()
    relation = state.world.relation(account, person) if person else None
    find = request.args.get("find", "")
    return {
        "here": {
            "account": account.app_id,
            "person": person.person_id if person else None,
        },
        "accounts": list(state.world.accounts.values()),
        "account": account,
        "person": person,
        "relation": relation,
        "people": cards.list_people(state.world, account, now=now),
        "codes": cards.list_codes(account, find, now=now),
        "find": find,
        "can_find": len(account.qrcodes) > cards.SHOWN_CODES,
        "bubbles": relation
        and person
        and list(chat.draw_chat(account, relation, person.name, now=now)),
        "shown_name": chat.shown_name,
        "wire": wire.list_wire(account, state.post),
        "kept": state.post.count_waiting(account.app_id),
        "switches": switches.SWITCHES,
        "now": full_time(now),
        "runs": state.world.clock.stopped_at is None,
        "stamp": _stamp(account),
    }


def _stamp(account: Account) -> str:
    """Count everything that only ever grows."""
    talk = sum(len(one.chat) for one in account.relations.values())
    tries = current_post().count_done()
    return f"{len(account.qrcodes)}-{talk}-{tries}-{len(current_world().people)}"


def _account() -> Account | None:
    """Return the account that is asked for, or the first one."""
    accounts = current_world().accounts
    wanted = request.args.get("account", "")
    return accounts.get(wanted) or next(iter(accounts.values()), None)


def _person() -> Person | None:
    """Return the person that is asked for, or the first one on the page."""
    people = current_world().people
    shown = [one for one in people.values() if one.is_on_phone]
    wanted = people.get(request.args.get("person", ""))
    return wanted or (shown[0] if shown else None)


def _back(anchor: str | None = None) -> AnyResponse:
    """Return to the same person's page."""
    kept: dict[str, Any] = {
        name: request.form[name]
        for name in ("account", "person", "find")
        if request.form.get(name)
    }
    return redirect(url_for(".index", _anchor=anchor, **kept), 303)


@bp.errorhandler(UnknownThingError)
def forget(_error: UnknownThingError) -> AnyResponse:
    """Begin at the start page where somebody or something is gone."""
    return redirect(url_for("phone.index"), 303)
