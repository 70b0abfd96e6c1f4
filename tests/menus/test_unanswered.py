"""Buttons whose press is answered with nothing."""

from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from tests.menus.menus import CLICK, VIEW, parent
from wxchannels.channels import rules
from wxchannels.menus.buttons import Button
from wxchannels.menus.publishing import record_publication
from wxchannels.menus.unanswered import unanswered_buttons
from wxchannels.models import Account, Trigger

WAITS = Button(name="领券", type="scancode_waitmsg", key="COUPON")
PICTURE = Button(name="晒图", type="pic_weixin", key="PICTURE")


def unanswered(session: Session, account: Account) -> list[Button]:
    listed = rules.list_rules(session, account)
    return unanswered_buttons(session, account, listed)


def test_buttons_that_no_rule_answers_are_found(
    session: Session, account: Account
) -> None:
    assert unanswered(session, account) == []
    menu = (CLICK, parent(VIEW, WAITS, PICTURE))
    record_publication(session, account, menu, by="bo@example.com", at=NOON)
    factories.rule(session, "ORDER")
    factories.rule(session, "COUPON", answers=Trigger.MENU, is_on=False)

    assert unanswered(session, account) == [CLICK, WAITS]

    factories.rule(session, "ORDER", "COUPON", answers=Trigger.MENU)
    assert unanswered(session, account) == []
