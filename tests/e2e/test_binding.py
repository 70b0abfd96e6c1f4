"""A customer's site binds its members with the example client, over real HTTP."""

import re
import threading
from collections.abc import Iterator

import pytest

from examples import bind_members
from examples.bind_members import Bindings, Json, RefusedError
from tests.e2e import story
from tests.e2e.world import Connected, World
from wxchannels.sandbox.results import Outcome


@pytest.fixture(name="account", params=["plain", "safe"])
def account_of_the_site(
    request: pytest.FixtureRequest, world: World
) -> Iterator[Connected]:
    connected = world.connect(request.param)
    yield connected
    connected.sandbox.session.close()


@pytest.fixture(name="site")
def site_with_the_example_client(account: Connected) -> Iterator[Bindings]:
    bindings = Bindings(account.program.url, account.program.key)
    yield bindings
    bindings.session.close()


def said(outcome: Outcome) -> str:
    """Return what the person reads in the chat."""
    delivery = outcome.delivery
    assert delivery
    assert delivery.verdict == "reply", delivery
    assert delivery.reply
    return str(delivery.reply["text"])


def test_member_binds_and_undoes_it_and_no_figure_moves(
    world: World, account: Connected, site: Bindings
) -> None:
    story.open_channels(account)
    account.sandbox.follow("anna", "counter")
    before = story.report(account)

    begun = site.begin("anna@shop")
    page = site.session.get(begun["page_url"], timeout=30).text
    asked = said(account.sandbox.scan("anna", begun["url"]))
    told = said(account.sandbox.message("anna", begun["code"]))
    bound = site.read(begun["id"])
    undone = [
        said(account.sandbox.message("anna", one)) for one in ("解绑", "确认解绑")
    ]

    assert begun["code"] in page
    assert "anna@shop" in asked
    assert "绑定成功" in told
    assert bound["state"] == "bound"
    assert "确认解绑" in undone[0]
    assert site.read(begun["id"])["state"] == "unbound"
    assert story.report(account) == before
    world.run("stats", "check")


def test_stranger_who_follows_through_it_counts_in_no_channel(
    world: World, account: Connected, site: Bindings
) -> None:
    story.open_channels(account)
    begun = site.begin("bo@shop")

    said(account.sandbox.scan("bo", begun["url"], then_follow=True))
    said(account.sandbox.message("bo", begun["code"]))

    report = story.report(account)
    assert site.read(begun["id"])["state"] == "bound"
    assert report["no_channel"][:3] == (0, 0, 1)
    assert report["total"][:3] == (0, 0, 1)
    assert report["unknown_scene"][:3] == (0, 0, 0)
    world.run("stats", "check")


def test_example_says_what_came_of_it(
    account: Connected,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("WXCHANNELS_KEY", account.program.key)
    monkeypatch.setattr(bind_members, "POLL_SECONDS", 0.1)
    account.sandbox.follow("anna")
    begin = Bindings.begin

    def begin_and_act(site: Bindings, member: str) -> Json:
        """Have anna see the page at once, and act while the example waits."""
        begun = begin(site, member)

        def act() -> None:
            account.sandbox.scan("anna", begun["url"])
            account.sandbox.message("anna", begun["code"])

        threading.Timer(0.3, act).start()
        return begun

    monkeypatch.setattr(Bindings, "begin", begin_and_act)

    codes = [bind_members.main(account.program.url, "anna@shop") for _ in range(2)]

    out, err = capsys.readouterr()
    assert codes == [0, 1]
    assert re.search(r"Open http://\S+/bind/[0-9A-Za-z]{22}\n", out)
    assert "anna@shop: bound" in out
    assert "anna@shop" in err


def test_example_says_why_it_was_refused(site: Bindings) -> None:
    with pytest.raises(RefusedError):
        site.begin("")
