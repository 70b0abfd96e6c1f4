from typing import Any

import pytest

from wxchannels.wechat.scenes import SceneLimitError, SceneRequest

BODIES = {
    "temporary integer": (
        SceneRequest.temporary(123, 604800),
        {
            "expire_seconds": 604800,
            "action_name": "QR_SCENE",
            "action_info": {"scene": {"scene_id": 123}},
        },
    ),
    "temporary string": (
        SceneRequest.temporary("test", 604800),
        {
            "expire_seconds": 604800,
            "action_name": "QR_STR_SCENE",
            "action_info": {"scene": {"scene_str": "test"}},
        },
    ),
    "permanent integer": (
        SceneRequest.permanent(123),
        {
            "action_name": "QR_LIMIT_SCENE",
            "action_info": {"scene": {"scene_id": 123}},
        },
    ),
    "permanent string": (
        SceneRequest.permanent("test"),
        {
            "action_name": "QR_LIMIT_STR_SCENE",
            "action_info": {"scene": {"scene_str": "test"}},
        },
    ),
}


@pytest.mark.parametrize(("request_", "body"), BODIES.values(), ids=BODIES)
def test_request_is_the_one_of_wechats_page(
    request_: SceneRequest, body: dict[str, Any]
) -> None:
    assert request_.body == body


@pytest.mark.parametrize("scene", ["a", "x" * 64, "0", "4711", "A-z_0.9", 1, 100_000])
def test_permanent_scene_within_the_limits_is_fine(scene: str | int) -> None:
    request = SceneRequest.permanent(scene)

    assert request.scene == scene
    assert request.expire_seconds is None


@pytest.mark.parametrize("scene", ["a", 1, 100_001, 4_294_967_295])
@pytest.mark.parametrize("seconds", [1, 60, 2_592_000])
def test_temporary_scene_within_the_limits_is_fine(
    scene: str | int, seconds: int
) -> None:
    request = SceneRequest.temporary(scene, seconds)

    assert request.expire_seconds == seconds


@pytest.mark.parametrize(
    ("scene", "limit"),
    [
        ("", "format"),
        ("x" * 65, "format"),
        ("with blank", "format"),
        ("渠道", "format"),
        ("a\n", "format"),
        ("clYifQ==", "format"),
        ("qrscene_x", "prefix"),
        ("qrscene_", "prefix"),
        (0, "range"),
        (-1, "range"),
        (True, "type"),
        (None, "type"),
        (1.0, "type"),
        (["a"], "type"),
    ],
)
def test_scene_beyond_the_limits_is_refused(scene: Any, limit: str) -> None:  # noqa: ANN401 - API callers send anything
    with pytest.raises(SceneLimitError) as permanent:
        SceneRequest.permanent(scene)
    with pytest.raises(SceneLimitError) as temporary:
        SceneRequest.temporary(scene, 60)

    for refused in (permanent.value, temporary.value):
        assert (refused.field, refused.limit) == ("scene", limit)


def test_integer_scenes_end_where_wechat_ends_them() -> None:
    with pytest.raises(SceneLimitError, match="range"):
        SceneRequest.permanent(100_001)
    with pytest.raises(SceneLimitError, match="range"):
        SceneRequest.temporary(4_294_967_296, 60)


@pytest.mark.parametrize(
    ("seconds", "limit"),
    [
        (0, "range"),
        (-1, "range"),
        (2_592_001, "range"),
        (2**63, "range"),
        (True, "type"),
        (60.0, "type"),
        ("60", "type"),
        (None, "type"),
    ],
)
def test_lifetime_beyond_the_limits_is_refused(seconds: Any, limit: str) -> None:  # noqa: ANN401 - API callers send anything
    with pytest.raises(SceneLimitError) as refused:
        SceneRequest.temporary("a", seconds)

    assert (refused.value.field, refused.value.limit) == ("expire_seconds", limit)
