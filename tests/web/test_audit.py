"""The audit log on its page: who did what, for those who may know."""

import ast
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

import wxchannels
from tests import factories
from tests.factories import NOON
from tests.web.browser import Browser, sentences
from tests.web.tables import table_of
from wxchannels.models import Account, AuditEntry, Role, User
from wxchannels.people import audit
from wxchannels.reports import audit_log
from wxchannels.web.audit_words import ACTS

PAGE = "/main/audit"
ALL = f"{PAGE}?p=all"
NAME = re.compile(r"[a-z_]+(\.[a-z_]+)+")
#: What writes into the log, or is given the name of what it will write.
WRITERS = {"note", "_note", "_commit", "_saved", "_switch", "_mark"}


def write(
    session: Session,
    action: str,
    account: Account | None,
    *,
    who: str = "bo@example.com",
    subject: int | None = None,
    at: datetime = NOON,
    **details: object,
) -> AuditEntry:
    about = {"account": account, "subject_id": subject, "details": details}
    entry = audit.note(session, who, action, at=at, **about)  # type: ignore[arg-type]
    session.commit()
    return entry


def acts_on(page: str) -> list[str]:
    return [row[2] for row in table_of(page, "Audit log").rows]


def test_newest_is_first_with_who_what_and_to_what(
    reader: Browser, session: Session, account: Account
) -> None:
    channel = factories.channel(session, "Counter")
    write(session, "channel.tag", account, subject=channel.id, tags=["a", "b"])
    settings = ["token", "aes_key"]
    write(session, "account.edit", account, who="command line", settings=settings)

    page = reader.get(ALL)

    assert acts_on(page.text) == ["changed the settings", "added tags"]
    assert f'href="/main/channels/{channel.id}">Counter</a>' in page.text
    said = sentences(page)
    assert "2 entries" in said
    assert "bo@example.com added tags Counter Tags · a, b" in said
    assert "Settings · Token, EncodingAESKey" in said
    reader.environ_base["HTTP_ACCEPT_LANGUAGE"] = "zh"
    assert "命令行 修改了设置" in sentences(reader.get(ALL))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("p=all&kind=menu", ["published the menu"]),
        ("p=all&kind=nonsense", ["published the menu", "created the channel"]),
        ("p=all&who=bo@example.com", ["created the channel"]),
        ("start=2026-03-02&end=2026-03-02", ["created the channel"]),
        ("start=2026-03-03&end=2026-03-03&who=cai@example.com", ["published the menu"]),
        ("p=all&who=nobody", []),
    ],
)
def test_log_is_narrowed_by_its_address(
    reader: Browser,
    session: Session,
    account: Account,
    query: str,
    found: list[str],
) -> None:
    write(session, "channel.open", account)
    later = NOON + timedelta(days=1)
    write(session, "menu.publish", account, who="cai@example.com", at=later)
    write(session, "channel.open", factories.account(session, "other"))

    page = reader.get(f"{PAGE}?{query}").text

    assert (acts_on(page) if found else []) == found
    assert ("Nothing was done" in page) == (not found)


def test_log_is_shown_a_page_at_a_time(
    reader: Browser,
    session: Session,
    account: Account,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(audit_log, "PAGE_SIZE", 2)
    for action in ("channel.open", "channel.edit", "channel.archive"):
        write(session, action, account)

    pages = [reader.get(f"{ALL}&page={number}").text for number in (1, 2, 9)]

    assert [acts_on(page) for page in pages] == [
        ["archived the channel", "changed the channel"],
        ["created the channel"],
        ["created the channel"],
    ]


@pytest.mark.parametrize("query", ["p=never", "page=x", "start=x&end=x"])
def test_address_that_means_nothing_is_refused(reader: Browser, query: str) -> None:
    answer = reader.get(f"{PAGE}?{query}")

    assert answer.status_code == 422
    assert 'id="refusal"' in answer.text


def test_people_are_the_business_of_who_runs_the_installation(
    reader: Browser,
    other_browser: Browser,
    session: Session,
    admit: Callable[..., User],
    account: Account,
) -> None:
    eve = admit("eve@example.com", role=None)
    factories.membership(session, eve, account, Role.ADMIN)
    write(session, "user.change", None, subject=eve.id, role="staff")
    other_browser.sign_in("eve@example.com")
    other_browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"

    mine = sentences(reader.get(f"{ALL}&kind=people"))
    theirs = sentences(other_browser.get(f"{ALL}&kind=people"))

    assert "changed somebody’s rights eve@example.com Role · Staff" in mine
    assert "eve@example.com signed in" in mine
    assert "Nothing was done" in theirs
    assert "People and signing in" not in theirs


def test_menu_leads_there(reader: Browser) -> None:
    assert f'href="{PAGE}"' in reader.get("/main/overview").text


def test_part_of_the_log_is_given_to_htmx(reader: Browser) -> None:
    page = reader.get(ALL, headers={"HX-Request": "true"})

    assert "<html" not in page.text
    assert 'id="view"' in page.text


def written() -> Iterator[str]:
    """Yield every name under which the package writes something down."""
    for path in Path(wxchannels.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if not isinstance(call, ast.Call):
                continue
            named = call.func
            name = getattr(named, "attr", getattr(named, "id", ""))
            given = [arg.value for arg in call.args if isinstance(arg, ast.Constant)]
            if name in WRITERS:
                yield from (str(one) for one in given if NAME.fullmatch(str(one)))


def test_everything_that_is_written_down_has_words() -> None:
    names = set(written())

    assert len(names) > 40
    assert names - set(ACTS) == set()
