"""Asking WeChat for the codes of a bulk run, one after the other.

A worker does it, or, where none is there, the page that shows the run. No transaction
is open while WeChat is asked, and each answer is committed before the next question.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from wxchannels.channels import bulk, refusals
from wxchannels.channels.bulk import Order
from wxchannels.wechat.client import WeChatClient
from wxchannels.wechat.errors import WeChatError, WeChatRefusedError


def issue_some(
    session: Session,
    wechat: WeChatClient,
    run_id: int,
    *,
    most: timedelta,
    now: Callable[[], datetime],
) -> bool:
    """Ask for codes for as long as `most`, and say whether the run is finished.

    The caller has the run's lease. Raises WeChatError where WeChat stopped the run;
    a code that alone is refused stops nothing.
    """
    end = now() + most
    try:
        while now() < end:
            order = bulk.next_order(session, run_id, now=now())
            session.commit()
            if order is None:
                return True
            _issue_one(session, wechat, order, at=now())
            session.commit()
    finally:
        bulk.release_lease(session, run_id)
        session.commit()
    return False


def _issue_one(
    session: Session, wechat: WeChatClient, order: Order, *, at: datetime
) -> None:
    try:
        ticket = wechat.create_qrcode(order.request)
    except WeChatError as error:
        if not isinstance(error, WeChatRefusedError) or not refusals.is_about_the_row(
            error
        ):
            raise
        bulk.record_refused(session, order, error)
    else:
        bulk.record_issued(session, order, ticket, at=at)
