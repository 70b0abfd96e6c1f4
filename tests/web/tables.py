"""Tables of a page, read as a person reads them: rows of texts."""

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Table:
    """A table's head and rows; `links` has the first address in each cell."""

    caption: str = ""
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    links: list[list[str]] = field(default_factory=list)


class Reader(HTMLParser):
    """Collects the tables of a page. Small print in a row's head is left out."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[Table] = []
        self._text: list[str] | None = None
        self._link = ""
        self._in_head = False
        self._small = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "table":
            self.tables.append(Table())
        elif tag == "thead":
            self._in_head = True
        elif tag == "tr" and not self._in_head:
            self.tables[-1].rows.append([])
            self.tables[-1].links.append([])
        elif tag in {"th", "td", "caption"}:
            self._text, self._link = [], ""
        elif tag == "a":
            self._link = self._link or values.get("href") or ""
        elif tag == "span" and (values.get("class") == "sub" or self._small):
            self._small += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "thead":
            self._in_head = False
        elif tag == "span" and self._small:
            self._small -= 1
        elif tag in {"th", "td", "caption"} and self._text is not None:
            self._close(tag, " ".join("".join(self._text).split()))

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._small:
            self._text.append(data)

    def _close(self, tag: str, text: str) -> None:
        table, self._text = self.tables[-1], None
        if tag == "caption":
            table.caption = text
        elif self._in_head:
            table.head.append(text)
        else:
            table.rows[-1].append(text)
            table.links[-1].append(self._link)


def tables(html: str) -> list[Table]:
    """Return the tables of a page."""
    reader = Reader()
    reader.feed(html)
    return reader.tables


def table_of(html: str, caption: str) -> Table:
    """Return the table whose caption begins with `caption`."""
    return next(one for one in tables(html) if one.caption.startswith(caption))
