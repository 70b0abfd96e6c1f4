"""Presses of buttons: counted once, on the account's days, on every database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as events
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.factories import NOON
from tests.menus.menus import CLICK, MENU, PAGE, VIEW, parent
from wxchannels.ledger import inbox, testers
from wxchannels.ledger.deliveries import Delivery
from wxchannels.ledger.followers import find_follower
from wxchannels.menus.buttons import Button
from wxchannels.menus.clicks import click_table
from wxchannels.menus.publishing import record_publication
from wxchannels.models import Account, MenuClick
from wxchannels.wechat.pushes import parse

#: Three days in Shanghai.
DAYS = [datetime(2026, 3, day, 16, tzinfo=UTC) for day in (1, 2, 3, 4)]


def receive(session: Session, account: Account, *bodies: bytes) -> None:
    deliveries = [
        Delivery(push=parse(body), body=body, received_at=NOON) for body in bodies
    ]
    inbox.receive(session, account.id, deliveries)
    session.commit()


def pressed(name: str, key: str, seconds: float = 0, openid: str = "anna") -> bytes:
    return pushes.event(name, key, openid=openid, at=NOON + timedelta(seconds=seconds))


def counts(session: Session, account: Account) -> dict[str, Sequence[int] | None]:
    table = click_table(session, account, MENU, DAYS)
    return {row.name or row.key: row.counts for row in table.rows}


def test_presses_are_counted_by_button_and_day(
    session: Session, account: Account
) -> None:
    day = 86_400
    receive(
        session,
        account,
        pressed("CLICK", "ORDER"),
        pressed("CLICK", "ORDER", 1),
        pressed("CLICK", "ORDER", openid="bo"),
        pressed("VIEW", VIEW.url, day),
        pressed("view_miniprogram", PAGE.pagepath, 2 * day),
    )

    assert counts(session, account) == {
        "点单": (3, 0, 0),
        "官网": (0, 1, 0),
        "商城": (0, 0, 1),
    }


def test_retry_is_not_counted_again(session: Session, account: Account) -> None:
    press = pressed("CLICK", "ORDER")
    receive(session, account, press, press)
    receive(session, account, press)

    assert counts(session, account)["点单"] == (1, 0, 0)


@pytest.mark.parametrize(
    ("moment", "count"),
    [
        (datetime(2026, 3, 2, 15, 59, 59, tzinfo=UTC), (1, 0, 0)),
        (datetime(2026, 3, 2, 16, 0, 0, tzinfo=UTC), (0, 1, 0)),
        (datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC), (0, 0, 0)),
        (datetime(2026, 3, 4, 16, 0, 0, tzinfo=UTC), (0, 0, 0)),
    ],
)
def test_day_ends_at_midnight_in_shanghai(
    session: Session, account: Account, moment: datetime, count: tuple[int, ...]
) -> None:
    receive(session, account, pushes.event("CLICK", "ORDER", at=moment))

    assert counts(session, account)["点单"] == count


def test_whole_period_is_one_count(session: Session, account: Account) -> None:
    receive(session, account, pressed("CLICK", "ORDER"), pressed("CLICK", "ORDER", 9))

    table = click_table(session, account, MENU, [DAYS[0], DAYS[-1]])

    assert [row.total for row in table.rows] == [2, 0, 0]
    assert table.total == 2


def test_keys_that_differ_in_case_are_different_buttons(
    session: Session, account: Account
) -> None:
    receive(session, account, pressed("CLICK", "order"), pressed("CLICK", "ORDER"))

    assert counts(session, account) == {
        "点单": (1, 0, 0),
        "官网": (0, 0, 0),
        "商城": (0, 0, 0),
        "order": (1, 0, 0),
    }


def test_button_that_is_gone_is_counted_under_its_last_name(
    session: Session, account: Account
) -> None:
    old = replace(CLICK, name="旧活动", key="OLD")
    record_publication(session, account, (old,), by="ann", at=NOON)
    receive(session, account, pressed("CLICK", "OLD"))

    table = click_table(session, account, MENU, DAYS)

    gone = table.rows[-1]
    assert (gone.position, gone.name, gone.total) == (None, "旧活动", 1)
    assert table.total == 1


def test_buttons_that_do_the_same_say_so(session: Session, account: Account) -> None:
    receive(session, account, pressed("CLICK", "ORDER"))
    menu = (CLICK, parent(replace(CLICK, name="再点"), VIEW))

    table = click_table(session, account, menu, DAYS)

    assert [(row.is_shared, row.total) for row in table.rows] == [
        (True, 1),
        (True, 1),
        (False, 0),
    ]
    assert table.total == 1


def test_button_wechat_tells_nothing_of_has_no_count(
    session: Session, account: Account
) -> None:
    menu = (Button(name="图", type="media_id", media_id="M"),)

    [row] = click_table(session, account, menu, DAYS).rows

    assert row.total is None


def test_press_of_another_account_is_not_counted(
    session: Session, account: Account
) -> None:
    other = factories.account(session, slug="other")
    receive(session, other, pressed("CLICK", "ORDER"))

    assert click_table(session, account, MENU, DAYS).total == 0


def test_testers_presses_count_nowhere_until_they_are_none(
    session: Session, account: Account
) -> None:
    receive(session, account, pressed("CLICK", "ORDER"))
    receive(session, account, pressed("CLICK", "ORDER", 1, openid="bo"))
    anna = find_follower(session, account, "anna")
    assert anna
    testers.mark(session, anna, is_tester=True)
    session.commit()
    receive(session, account, pressed("CLICK", "ORDER", 2))

    marked = counts(session, account)["点单"]
    left_out = click_table(session, account, MENU, DAYS).left_out
    testers.mark(session, anna, is_tester=False)

    assert (marked, left_out) == ((1, 0, 0), 2)
    assert click_table(session, account, MENU, DAYS).left_out == 0
    assert counts(session, account)["点单"] == (3, 0, 0)


def test_press_of_whom_nobody_kept_is_counted(
    session: Session, account: Account
) -> None:
    """As it is with those from before it was kept."""
    receive(session, account, pressed("CLICK", "ORDER"))
    session.execute(update(MenuClick).values(follower_id=None))

    assert counts(session, account)["点单"] == (1, 0, 0)


def test_batch_without_presses_has_no_statement_for_them(
    session: Session, account: Account
) -> None:
    said: list[str] = []

    def hear(*call: Any) -> None:  # noqa: ANN401 - as SQLAlchemy calls it
        said.append(call[2])

    events.listen(session.get_bind(), "before_cursor_execute", hear)
    receive(session, account, pushes.subscribe("counter"), pushes.text("你好"))
    assert said
    assert not [statement for statement in said if "menu_click" in statement]

    receive(session, account, pressed("CLICK", "ORDER"))
    assert len([one for one in said if "menu_click" in one]) == 1


def test_key_of_any_length_is_kept_as_far_as_a_button_can_have_it(
    session: Session, account: Account
) -> None:
    receive(session, account, pressed("CLICK", "茶🍵" * 1000))

    [click] = session.scalars(select(MenuClick)).all()
    assert click.key == "茶🍵" * 512


@pytest.mark.parametrize(
    "name",
    ["scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album",
     "pic_weixin", "location_select"],
)  # fmt: skip
def test_every_kind_of_press_is_kept(
    session: Session, account: Account, name: str
) -> None:
    receive(session, account, pressed(name, "KEY"))

    [click] = session.scalars(select(MenuClick)).all()
    assert (click.event, click.key, click.happened_at) == (name, "KEY", NOON)
