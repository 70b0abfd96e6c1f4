"""The page of the menu: its structure, one of its buttons, and how it looks."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import Response, g, make_response, render_template, request
from flask_babel import gettext

from wxchannels import clock
from wxchannels.errors import NotFoundError
from wxchannels.extensions import db
from wxchannels.menus.buttons import (
    Button,
    Menu,
    Position,
    find_button,
    get_button,
    parse_position,
    write_position,
)
from wxchannels.menus.limits import LONGEST, LONGEST_NAME, Problem
from wxchannels.menus.standing import Standing, standing_of
from wxchannels.web.menus import words
from wxchannels.web.menus.blueprint import bp
from wxchannels.web.menus.clicks import read_clicks
from wxchannels.web.menus.forms import ButtonForm

#: In an address: a button that is not there yet, below the one named before it.
NEW = "new"
OK = 200


@dataclass(frozen=True)
class Chosen:
    """The button in the form: one that is there, or a new one below `position`."""

    position: Position
    is_new: bool = False

    @property
    def level(self) -> int:
        """0 at the bottom of the phone, 1 in a sub-menu."""
        return len(self.position) - (0 if self.is_new else 1)

    @property
    def address(self) -> str:
        """How addresses name it."""
        written = write_position(self.position)
        if not self.is_new:
            return written
        return f"{written}.{NEW}" if written else NEW

    @property
    def longest_name(self) -> int:
        """How many bytes its name may have."""
        return LONGEST_NAME[self.level]


FIRST_OF_ALL = Chosen((), is_new=True)


@bp.get("")
def show() -> Response:
    """Show the draft, one of its buttons in the form."""
    standing = standing_of(db.session(), g.account)
    chosen = read_chosen(request.args.get("b", ""), standing.menu)
    return render_page(standing, chosen, _filled_in(standing, chosen))


def read_chosen(text: str, menu: Menu) -> Chosen:
    """Return the button that an address names, else the first one."""
    if text == NEW:
        return FIRST_OF_ALL
    if text.endswith(f".{NEW}"):
        parent = parse_position(text.removesuffix(f".{NEW}"))
        if not get_button(menu, parent).is_parent:
            raise NotFoundError
        return Chosen(parent, is_new=True)
    position = parse_position(text) if text else (0,)
    if find_button(menu, position) is None:
        return Chosen((0,)) if menu else FIRST_OF_ALL
    return Chosen(position)


def render_page(
    standing: Standing,
    chosen: Chosen,
    form: ButtonForm,
    *,
    refusal: str = "",
    refused: Collection[Position] = (),
    status: int = OK,
) -> Response:
    """Return the page with `form` in it as it was filled in."""
    now = clock.utcnow()
    form.type.choices = [
        (kind, name)
        for kind, (name, _) in words.KINDS.items()
        if kind != words.OPENS or chosen.level == 0
    ]
    page = render_template(
        "menus/show.html",
        standing=standing,
        chosen=chosen,
        form=form,
        marked={one.position for one in standing.problems if one.blocks} | {*refused},
        general=[
            said(problem) for problem in standing.problems if not problem.position
        ],
        advice=_advice(standing, chosen),
        refusal=refusal,
        longest=LONGEST,
        clicks=read_clicks(standing.published),
        now=now,
        data_until=now,
    )
    response = make_response(page, status)
    if status != OK:
        # What a form is sent to is no address to come back to.
        response.headers["HX-Push-Url"] = "false"
    return response


def said(problem: Problem) -> str:
    """Return the problem's sentence in the reader's language."""
    sentence: str = gettext(problem.sentence)
    return sentence % problem.params


def _filled_in(standing: Standing, chosen: Chosen) -> ButtonForm:
    """Return the form of the chosen button, with what is wrong at each field."""
    if chosen.is_new:
        return ButtonForm.showing(Button(name="", type="view"))
    form = ButtonForm.showing(get_button(standing.menu, chosen.position))
    for problem in standing.problems:
        if problem.position == chosen.position and problem.blocks:
            field = form[problem.field]
            field.errors = [*field.errors, said(problem)]
    return form


def _advice(standing: Standing, chosen: Chosen) -> dict[str, str]:
    """Return what is worth knowing of the chosen button, by field."""
    return {
        problem.field: said(problem)
        for problem in standing.problems
        if problem.position == chosen.position
        and not problem.blocks
        and not chosen.is_new
    }
