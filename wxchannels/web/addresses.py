"""Where a page leads to: the events behind a figure, a channel, the connection."""

from typing import Any
from urllib.parse import urlencode

from flask import Flask, current_app, request, url_for
from flask_security import current_user

from wxchannels.models import NO_CHANNEL
from wxchannels.people import policy
from wxchannels.people.policy import Action
from wxchannels.reports.event_filters import row_name
from wxchannels.reports.periods import Period
from wxchannels.web.navigation import shown_account
from wxchannels.web.period_query import ALL, period_args


def figure_url(
    figure: str, row_id: int | None, period: Period | None, **narrowing: str
) -> str:
    """Return the address of the events behind a figure, or "" if they are not listed.

    A row that holds imported people has followers whom no event brought.
    """
    if figure == "followers_now":
        if row_id in (None, NO_CHANNEL) or narrowing:
            return ""
        period = None
    query: dict[str, Any] = {"p": ALL}
    if period is not None:
        query = {"start": period.start.isoformat(), "end": period.end.isoformat()}
    if row_id is not None:
        query["row"] = row_name(row_id)
    return url_for("events.index", figure=figure, **{**query, **narrowing})


def channel_url(row_id: int, **query: str) -> str:
    """Return the address of a channel's page, or "" for the rows that are none."""
    if row_id <= NO_CHANNEL or "channels.show" not in current_app.view_functions:
        return ""
    values: dict[str, Any] = {"channel_id": row_id, **query}
    return url_for("channels.show", **values)


def same_query_url(endpoint: str) -> str:
    """Return the address of `endpoint` asked the same as this page."""
    query = urlencode(list(request.args.items(multi=True)))
    return f"{url_for(endpoint)}?{query}" if query else url_for(endpoint)


def connection_url() -> str:
    """Return where the account is connected to WeChat, or "" for who may not."""
    account = shown_account()
    if account is None or "connection.show" not in current_app.view_functions:
        return ""
    if not policy.can(current_user, Action.MANAGE_ACCOUNT, account):
        return ""
    return url_for("connection.show", slug=account.slug)


def register(app: Flask) -> None:
    """Give the templates of `app` these addresses."""
    app.jinja_env.globals.update(
        figure_url=figure_url,
        channel_url=channel_url,
        period_args=period_args,
        same_query_url=same_query_url,
        connection_url=connection_url,
    )
