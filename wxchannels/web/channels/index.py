"""The list of channels, and what can be taken along of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from http import HTTPStatus

from flask import Response, current_app, g, request, url_for
from flask_babel import gettext

from wxchannels import clock
from wxchannels.channels.channels import list_tags, tag_names
from wxchannels.channels.groups import group_paths, group_tree
from wxchannels.channels.qrcodes import main_qrcode
from wxchannels.channels.search import codes_found
from wxchannels.errors import DomainError
from wxchannels.extensions import db
from wxchannels.models import Channel
from wxchannels.reports.definitions import DEFINITIONS
from wxchannels.reports.export import Cell
from wxchannels.reports.periods import BadDayError, BadPeriodError, BadPresetError
from wxchannels.reports.table import METRICS
from wxchannels.web.channels import listing
from wxchannels.web.channels.blueprint import bp
from wxchannels.web.channels.downloads import zip_response
from wxchannels.web.channels.listing import Asked
from wxchannels.web.channels.words import COLUMN_NAMES, STATES, channel_standing
from wxchannels.web.downloads import csv_file, file_name
from wxchannels.web.errors import sentence_of, status_of
from wxchannels.web.fragments import answer
from wxchannels.web.report_file import figure_cell


@bp.get("")
def index() -> Response:
    """List the channels."""
    now, refusal = clock.utcnow(), None
    try:
        asked = listing.read_query(request.args, now)
    except (BadDayError, BadPeriodError, BadPresetError) as error:
        # Of the usual days, with what was typed and what is wrong with it.
        refusal, args = error, request.args.copy()
        for part in ("start", "end", "p"):
            args.poplist(part)
        asked = listing.read_query(args, now)
    return _show(asked, refusal, now=now)


def _show(asked: Asked, refusal: DomainError | None, *, now: datetime) -> Response:
    session = db.session()
    return answer(
        "channels/index.html",
        "channels/_list.html",
        status=status_of(refusal) if refusal else HTTPStatus.OK,
        asked=asked,
        refusal=sentence_of(refusal) if refusal else "",
        refused_field=refusal.field if refusal else "",
        listing=listing.list_channels(asked, now=now),
        tree=group_tree(session, g.account),
        groups=group_paths(session, g.account),
        tags=list_tags(session, g.account),
        states=STATES,
        standing=lambda channel: channel_standing(channel, now),
        code_of=lambda channel: main_qrcode(channel, now),
        codes_found=lambda channel: codes_found(channel, asked.filters.search),
        now=now,
        data_until=now,
    )


@bp.get("/codes.zip")
def download_codes() -> Response:
    """Give all pictures of the channels that are listed."""
    now = clock.utcnow()
    found, _ = listing.all_channels(listing.read_query(request.args, now), now=now)
    return zip_response(found, f"qrcodes-{g.account.slug}")


@bp.get("/channels.csv")
def download_list() -> Response:
    """Give the channels that are listed, with their figures, for a spreadsheet."""
    now = clock.utcnow()
    asked = listing.read_query(request.args, now)
    found, figures = listing.all_channels(asked, now=now)
    name = file_name("channels", g.account, asked.period, now=now)
    rows = [
        [*_described(channel), *(figure_cell(figures[channel.id], m) for m in METRICS)]
        for channel in found
    ]
    return csv_file(name, [_header(), *rows])


def _header() -> list[Cell]:
    names = [str(COLUMN_NAMES[column]) for column in ("name", "group", "tags")]
    names += [str(COLUMN_NAMES["owner"]), gettext("State"), str(COLUMN_NAMES["scene"])]
    return [*names, gettext("Picture"), *(_metric_names())]


def _metric_names() -> Iterator[str]:
    return (gettext(DEFINITIONS[metric].label) for metric in METRICS)


def _described(channel: Channel) -> Sequence[Cell]:
    now = clock.utcnow()
    code = main_qrcode(channel, now)
    return [
        channel.name,
        channel.group.path if channel.group else "",
        ", ".join(tag_names(channel)),
        channel.owner or "",
        channel_standing(channel, now).word,
        code.scene if code else "",
        picture_url(code.scene) if code and code.url else "",
    ]


def picture_url(scene: str) -> str:
    """Return the public address of the picture, as people and printers reach it."""
    path = url_for("pictures.show", slug=g.account.slug, name=f"{scene}.png")
    return f"{current_app.config['BASE_URL']}{path}"
