"""半亩茶's menu: what hangs at the bottom of the chat, and what people like of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from wxchannels.cli.edge import writing_session
from wxchannels.menus import publishing
from wxchannels.menus.buttons import Button, Menu
from wxchannels.menus.drafts import change_draft, get_draft
from wxchannels.models import Account
from wxchannels.people import audit
from wxchannels.web.wechat import client_for

SHOP = "https://tea.example.com"
MENU: Menu = (
    Button(name="点单", type="view", url=f"{SHOP}/order"),
    Button(
        name="会员",
        below=(
            Button(name="会员码", type="view", url=f"{SHOP}/member/card"),
            Button(name="积分商城", type="view", url=f"{SHOP}/member/shop"),
            Button(name="我的券包", type="view", url=f"{SHOP}/member/coupons"),
            Button(name="绑定老会员", type="click", key="BIND_MEMBER"),
        ),
    ),
    Button(
        name="十月新品",
        below=(
            Button(name="附近门店", type="location_select", key="NEARBY"),
            Button(name="扫码领券", type="scancode_waitmsg", key="SCAN_COUPON"),
        ),
    ),
)
#: Somebody has begun to change it.
DRAFT: Menu = (
    *MENU[:2],
    Button(
        name="十一月新品尝鲜",
        below=(
            Button(name="桂花乌龙", type="view", url=f"{SHOP}/osmanthus"),
            *MENU[2].below,
        ),
    ),
)
#: Names of buttons, and how many people press each.
LIKED: Sequence[tuple[str, int]] = (
    ("点单", 12),
    ("会员码", 8),
    ("我的券包", 5),
    ("积分商城", 3),
    ("绑定老会员", 1),
    ("附近门店", 4),
    ("扫码领券", 2),
)


def publish(session: Session, account: Account, who: str, *, at: datetime) -> None:
    """Publish the menu as the page does, and begin to change it."""
    wechat = client_for(account)
    session.rollback()
    publishing.ask_to_publish(session, wechat, MENU)
    with writing_session():
        version = publishing.record_publication(session, account, MENU, by=who, at=at)
        audit.note(
            session, who, "menu.publish", account=account, subject_id=version.id, at=at
        )
        change_draft(session, get_draft(session, account), DRAFT, by=who, at=at)
