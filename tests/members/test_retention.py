"""What codes leave behind: emptied after a day, deleted with the raw pushes."""

from datetime import timedelta

from sqlalchemy import select

from tests.members.site import Site
from wxchannels.members import retention
from wxchannels.models import Binding, CodeState, TemporaryCode

DAY = timedelta(days=1)
MANY = 100


def test_ended_codes_say_nothing_and_bindings_hold(site: Site) -> None:
    bound, scanned = site.bind("anna@shop"), site.propose("bo@shop")
    site.scan(scanned, "bo")
    site.binding(scanned).code.asked_from = "203.0.113.9"
    site.session.commit()
    site.later(days=2)
    waiting = site.propose("cai@shop")

    emptied = [
        retention.empty_codes(site.session, site.account.id, site.now - DAY, limit=MANY)
        for _ in range(2)
    ]
    site.session.commit()

    assert emptied == [2, 0]
    for number in (bound, scanned):
        code = site.binding(number).code
        left = (code.url, code.digits, code.follower_id, code.asked_from)
        assert left == ("", None, None, None)
    assert site.digits(waiting)
    assert site.bound() == {"anna@shop": "anna"}
    assert site.state(scanned) == CodeState.EXPIRED


def test_scan_of_an_emptied_code_is_still_answered_neutrally(site: Site) -> None:
    number = site.propose()
    site.later(days=2)
    retention.empty_codes(site.session, site.account.id, site.now - DAY, limit=MANY)
    site.session.commit()

    assert "已经用过或过期" in site.scan(number)


def test_codes_that_came_to_nothing_are_deleted_a_batch_at_a_time(site: Site) -> None:
    bound = site.bind("anna@shop")
    for name in ("bo", "cai", "dan"):
        site.propose(name)
    site.later(days=100)
    fresh = site.propose("emma")
    before = site.now - 90 * DAY

    deleted = [
        retention.delete_codes(site.session, site.account.id, before, limit=2)
        for _ in range(3)
    ]
    site.session.commit()

    assert deleted == [2, 1, 0]
    assert set(site.session.scalars(select(Binding.id))) == {bound, fresh}
    assert len(site.session.scalars(select(TemporaryCode)).all()) == 2
