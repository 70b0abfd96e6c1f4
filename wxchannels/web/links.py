"""Addresses made from the one being shown: the whole state of a view is in its URL."""

from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.urls import iri_to_uri

#: Pages named on either side of the current one.
NEIGHBOURS = 2


def query_url(**changes: object) -> str:
    """Return this address with some of its query changed; None takes a part away.

    A list gives one key several values. Whatever else changes, reading starts
    again at the first page.
    """
    args = MultiDict(request.args)
    args.pop("page", None)
    for key, value in changes.items():
        args.poplist(key)
        if isinstance(value, (list, tuple)):
            args.setlist(key, [str(item) for item in value])
        elif value is not None:
            args[key] = str(value)
    query = urlencode(list(args.items(multi=True)))
    path = iri_to_uri(request.script_root + request.path)
    return f"{path}?{query}" if query else path


def here() -> str:
    """Return the page being shown, to come back to; without a language asked for."""
    path = iri_to_uri(request.script_root + request.path)
    if request.method != "GET":
        return path
    args = MultiDict(request.args)
    args.pop("lang", None)
    query = urlencode(list(args.items(multi=True)))
    return f"{path}?{query}" if query else path


def page_numbers(page: int, pages: int) -> list[int | None]:
    """Return the pages to name below a list; None stands for the ones left out."""
    near = range(page - NEIGHBOURS, page + NEIGHBOURS + 1)
    named = sorted({1, pages, *near} & set(range(1, pages + 1)))
    numbers: list[int | None] = []
    for before, number in zip([0, *named], named, strict=False):
        if number - before > 1:
            numbers.append(None)
        numbers.append(number)
    return numbers
