"""Scenes and lifetimes that WeChat takes, and those it would spoil."""

import pytest
from sqlalchemy.orm import Session

from wxchannels.channels import qrcodes
from wxchannels.channels.scenes import (
    BadExpireSecondsError,
    BadSceneError,
    ReservedSceneError,
    SceneRangeError,
)
from wxchannels.errors import DomainError
from wxchannels.models import Account, Lifetime
from wxchannels.wechat.answers import Ticket

TICKET = {"ticket": "TICKET", "url": "http://weixin.qq.com/q/x"}
KEPT = Ticket("TICKET", "http://weixin.qq.com/q/x")


@pytest.mark.parametrize(
    ("scene", "error"),
    [
        ("", BadSceneError),
        ("x" * 65, BadSceneError),
        ("上海", BadSceneError),
        ("a b", BadSceneError),
        ("a/b", BadSceneError),
        ("shop\n", BadSceneError),
        ("qrscene_shop", ReservedSceneError),
        ("qrscene_", ReservedSceneError),
        (0, SceneRangeError),
        (-1, SceneRangeError),
        (100_001, SceneRangeError),
        (2**63, SceneRangeError),
        (True, BadSceneError),
        (7.0, BadSceneError),
        ([], BadSceneError),
    ],
)
def test_scenes_that_wechat_would_spoil_are_refused_before_it_is_asked(
    session: Session, account: Account, scene: object, error: type[DomainError]
) -> None:
    with pytest.raises(error) as caught:
        qrcodes.plan_qrcode(session, account, scene=scene)  # type: ignore[arg-type]

    assert caught.value.field == "scene"


@pytest.mark.parametrize("scene", ["x" * 64, "a.b-c_D9", ".", "qrscene", 1, 100_000])
def test_scenes_at_the_edge_are_taken(
    session: Session, account: Account, scene: str | int
) -> None:
    assert qrcodes.plan_qrcode(session, account, scene=scene).scene == str(scene)


@pytest.mark.parametrize("seconds", [0, -1, 2592001, True, 60.0])
def test_expire_seconds_outside_thirty_days_are_refused(
    session: Session, account: Account, seconds: int
) -> None:
    with pytest.raises(BadExpireSecondsError) as caught:
        qrcodes.plan_qrcode(
            session, account, lifetime=Lifetime.TEMPORARY, expire_seconds=seconds
        )

    assert caught.value.field == "expire_seconds"


@pytest.mark.parametrize(
    ("lifetime", "seconds"), [(Lifetime.TEMPORARY, None), (Lifetime.PERMANENT, 60)]
)
def test_lifetime_and_expire_seconds_must_agree(
    session: Session, account: Account, lifetime: Lifetime, seconds: int | None
) -> None:
    with pytest.raises(BadExpireSecondsError):
        qrcodes.plan_qrcode(session, account, lifetime=lifetime, expire_seconds=seconds)
