import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
import responses
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from wxchannels.accounts import accounts
from wxchannels.ledger.followers import find_follower
from wxchannels.models import Account, Follower

API = "https://api.weixin.qq.com/cgi-bin"
IMPORT = ["followers", "import", "--account", "main"]
COMPARE = ["followers", "compare", "--account", "main"]
VERIFIED_AT = datetime(2026, 3, 1, tzinfo=UTC)
EARLIER = VERIFIED_AT - timedelta(days=30)
Answer = tuple[int, dict[str, str], str]


class FollowerList:
    """WeChat's list of followers, `page_size` to a page."""

    def __init__(self, page_size: int) -> None:
        self.page_size = page_size
        self.times: dict[str, datetime | None] = {}
        self.asked_from: list[str] = []
        self.batches: list[int] = []
        #: Answers the page behind this openid with an error.
        self.breaks_behind: str | None = None

    def page(self, request: requests.PreparedRequest) -> Answer:
        """Answer user/get."""
        start = dict(request.params or {})["next_openid"]  # type: ignore[attr-defined]
        self.asked_from.append(start)
        if start == self.breaks_behind:
            return 200, {}, json.dumps({"errcode": 45009, "errmsg": "quota"})
        openids = list(self.times)
        first = openids.index(start) + 1 if start else 0
        found = openids[first : first + self.page_size]
        answer: dict[str, Any] = {"total": len(openids), "count": len(found)}
        answer["next_openid"] = found[-1] if found else ""
        if found:
            answer["data"] = {"openid": found}
        return 200, {}, json.dumps(answer)

    def batch(self, request: requests.PreparedRequest) -> Answer:
        """Answer user/info/batchget."""
        assert isinstance(request.body, bytes)
        asked = [one["openid"] for one in json.loads(request.body)["user_list"]]
        self.batches.append(len(asked))
        people = [_person(openid, self.times[openid]) for openid in asked]
        return 200, {}, json.dumps({"user_info_list": people})


def _person(openid: str, at: datetime | None) -> dict[str, object]:
    if at is None:
        return {"subscribe": 0, "openid": openid}
    return {"subscribe": 1, "openid": openid, "subscribe_time": int(at.timestamp())}


@pytest.fixture
def listed() -> Iterator[FollowerList]:
    """Return WeChat's list, three to a page."""
    found = FollowerList(page_size=3)
    token = {"access_token": "T" * 100, "expires_in": 7200}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.post(f"{API}/stable_token", json=token)
        mock.add_callback("GET", f"{API}/user/get", found.page)
        mock.add_callback("POST", f"{API}/user/info/batchget", found.batch)
        yield found


@pytest.fixture
def known(session: Session, account: Account) -> Callable[[], Sequence[str]]:
    """Return a function that names who is known before, of the people in `people`."""
    people = ["anna", "bo", "cai", "dan", "emma", "fei", "gu"]

    def _known() -> Sequence[str]:
        session.expire_all()
        rows = [find_follower(session, account, openid) for openid in people]
        session.commit()
        return [
            openid
            for openid, row in zip(people, rows, strict=True)
            if row and row.known_before
        ]

    return _known


def test_who_followed_before_the_first_callback_is_known_before(
    cli: FlaskCliRunner,
    session: Session,
    account: Account,
    listed: FollowerList,
    known: Callable[[], Sequence[str]],
) -> None:
    account.verified_at = VERIFIED_AT
    session.commit()
    listed.times = {"anna": EARLIER, "bo": VERIFIED_AT + timedelta(hours=1)}

    result = cli.invoke(args=IMPORT)

    assert (result.exit_code, result.stdout) == (0, "")
    assert known() == ["anna"]


def test_every_page_is_taken_over(
    cli: FlaskCliRunner,
    session: Session,
    listed: FollowerList,
    known: Callable[[], Sequence[str]],
) -> None:
    listed.times = dict.fromkeys(["anna", "bo", "cai", "dan", "emma"], EARLIER)

    result = cli.invoke(args=IMPORT)

    account = accounts.get_account(session, "main")
    assert result.exit_code == 0
    assert known() == ["anna", "bo", "cai", "dan", "emma"]
    assert account.followers_imported_at is not None
    assert account.import_next_openid is None


def test_people_are_looked_up_a_hundred_at_a_time(
    cli: FlaskCliRunner, account: Account, listed: FollowerList
) -> None:
    del account
    listed.page_size = 10_000
    listed.times = {f"o{number:03}": EARLIER for number in range(205)}

    cli.invoke(args=IMPORT)

    assert listed.batches == [100, 100, 5]


def test_stopped_import_goes_on_where_it_was(
    cli: FlaskCliRunner,
    session: Session,
    listed: FollowerList,
    known: Callable[[], Sequence[str]],
) -> None:
    listed.times = dict.fromkeys(["anna", "bo", "cai", "dan", "emma"], EARLIER)
    listed.breaks_behind = "cai"
    stopped = cli.invoke(args=IMPORT)
    after_stop = known()
    listed.breaks_behind = None

    result = cli.invoke(args=IMPORT)

    assert stopped.exit_code == 1
    assert "45009" in stopped.stderr
    assert after_stop == ["anna", "bo", "cai"]
    assert result.exit_code == 0
    assert listed.asked_from == ["", "cai", "cai", "emma"]
    assert known() == ["anna", "bo", "cai", "dan", "emma"]
    assert accounts.get_account(session, "main").followers_imported_at is not None


def test_second_import_changes_nobody(
    cli: FlaskCliRunner, session: Session, account: Account, listed: FollowerList
) -> None:
    del account
    listed.times = {"anna": EARLIER, "bo": EARLIER}
    cli.invoke(args=IMPORT)

    cli.invoke(args=IMPORT)

    assert len(session.scalars(select(Follower)).all()) == 2


def test_who_left_meanwhile_is_not_taken_over(
    cli: FlaskCliRunner,
    listed: FollowerList,
    known: Callable[[], Sequence[str]],
) -> None:
    listed.times = {"anna": EARLIER, "bo": None}

    cli.invoke(args=IMPORT)

    assert known() == ["anna"]


def test_list_that_leads_back_to_its_page_ends(
    cli: FlaskCliRunner, session: Session, account: Account
) -> None:
    account.import_next_openid = "anna"
    session.commit()
    page = {"total": 1, "data": {"openid": ["anna"]}, "next_openid": "anna"}
    person = _person("anna", EARLIER)
    with responses.RequestsMock() as mock:
        token = {"access_token": "T" * 100, "expires_in": 7200}
        mock.post(f"{API}/stable_token", json=token)
        mock.get(f"{API}/user/get", json=page)
        mock.post(f"{API}/user/info/batchget", json={"user_info_list": [person]})

        result = cli.invoke(args=IMPORT)

    assert result.exit_code == 0


def test_unknown_account_is_one_line(cli: FlaskCliRunner) -> None:
    result = cli.invoke(args=IMPORT)

    assert result.exit_code == 1
    assert result.stderr == "Error: There is no account “main”.\n"


def test_times_are_those_of_the_list(
    cli: FlaskCliRunner, session: Session, account: Account, listed: FollowerList
) -> None:
    listed.times = {"anna": factories.NOON}

    cli.invoke(args=IMPORT)

    anna = find_follower(session, account, "anna")
    assert anna
    assert anna.subscribed_at == factories.NOON
    assert anna.following


def test_comparison_says_what_no_push_told(
    cli: FlaskCliRunner, account: Account, listed: FollowerList
) -> None:
    del account
    before = cli.invoke(args=COMPARE)
    cli.invoke(args=IMPORT)
    listed.times = {"anna": factories.NOON}

    result = cli.invoke(args=COMPARE)

    assert (before.exit_code, result.exit_code) == (1, 0)
    assert "Run `followers import` first." in before.stderr
    assert result.stdout == (
        "1 followers: 1 follows and 0 unfollows that no push had told of.\n"
    )
