"""The nightly look at the menu that WeChat shows."""

from sqlalchemy.orm import Session

from tests import wire
from tests.factories import NOON
from tests.menus.menus import CLICK, MENU
from tests.wire import wechat_on_the_wire
from tests.worker.conftest import Ask, task_of
from wxchannels.menus.publishing import record_publication
from wxchannels.menus.standing import standing_of
from wxchannels.models import Account, TaskState
from wxchannels.worker.runner import run_task


def test_night_finds_that_somebody_changed_the_menu(
    session: Session, account: Account, ask: Ask
) -> None:
    record_publication(session, account, MENU, by="ann", at=NOON)
    session.commit()
    assert not standing_of(session, account).strayed
    number = ask("menu", "daily")

    with wechat_on_the_wire() as answers:
        wire.show_menu(answers, CLICK.written())
        run_task(number)

    assert task_of(session, number).state == TaskState.DONE
    [gone] = standing_of(session, account).strayed
    assert (gone.kind, gone.name) == ("removed", "会员")


def test_wechat_is_not_asked_where_nothing_was_published(
    session: Session, account: Account, ask: Ask
) -> None:
    del account
    number = ask("menu", "daily")

    with wechat_on_the_wire() as answers:
        run_task(number)
        assert [call.request.url for call in answers.calls] == []

    assert task_of(session, number).state == TaskState.DONE
