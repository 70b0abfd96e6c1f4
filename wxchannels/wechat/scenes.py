"""Which QR codes WeChat makes, checked before it is asked (wechat.md 2.1)."""

import re
from dataclasses import dataclass
from typing import Any, Literal, Self

#: WeChat names no alphabet. Ours survives every tool that ever prints or reads a scene.
SCENE_STR = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_PREFIX = "qrscene_"
_MAX_PERMANENT_ID = 100_000
MAX_SCENE_ID = 2**32 - 1
#: Thirty days.
MAX_EXPIRE_SECONDS = 2_592_000


class SceneLimitError(ValueError):
    """WeChat would refuse the QR code, or spoil its scene without a word.

    `field` is scene or expire_seconds; `limit` is one of type, format, prefix, range.
    """

    def __init__(self, field: str, limit: str) -> None:
        self.field = field
        self.limit = limit
        super().__init__(f"{field}: {limit}")


@dataclass(frozen=True)
class SceneRequest:
    """One of the four kinds of QR code; a kind WeChat does not know cannot be made."""

    scene: str | int
    #: None is for ever.
    expire_seconds: int | None = None

    @classmethod
    def permanent(cls, scene: str | int) -> Self:
        """Return the request for a QR code that is good for ever."""
        return cls(scene)

    @classmethod
    def temporary(cls, scene: str | int, expire_seconds: int) -> Self:
        """Return the request for a QR code that is good for so many seconds."""
        # Without a number WeChat would pick one itself, and its pages disagree which.
        if type(expire_seconds) is not int:
            raise SceneLimitError("expire_seconds", "type")
        return cls(scene, expire_seconds)

    def __post_init__(self) -> None:
        if isinstance(self.scene, str):
            _check_scene_str(self.scene)
        elif type(self.scene) is int:
            self._check_scene_id(self.scene)
        else:
            raise SceneLimitError("scene", "type")
        if self.expire_seconds is None:
            return
        if not 1 <= self.expire_seconds <= MAX_EXPIRE_SECONDS:
            raise SceneLimitError("expire_seconds", "range")

    @property
    def scene_type(self) -> Literal["str", "int"]:
        """Which of WeChat's two kinds of scene it is."""
        return "str" if isinstance(self.scene, str) else "int"

    @property
    def action_name(self) -> str:
        """WeChat's name for this kind of QR code."""
        lifetime = "LIMIT_" if self.expire_seconds is None else ""
        kind = "STR_" if self.scene_type == "str" else ""
        return f"QR_{lifetime}{kind}SCENE"

    @property
    def body(self) -> dict[str, Any]:
        """The request as WeChat reads it.

        Without the `scene` level, or with the wrong field in it, WeChat makes a code
        whose scene is 0.
        """
        field = "scene_str" if self.scene_type == "str" else "scene_id"
        body = {
            "action_name": self.action_name,
            "action_info": {"scene": {field: self.scene}},
        }
        if self.expire_seconds is None:
            return body
        return {"expire_seconds": self.expire_seconds, **body}

    def _check_scene_id(self, scene: int) -> None:
        permanent = self.expire_seconds is None
        most = _MAX_PERMANENT_ID if permanent else MAX_SCENE_ID
        if not 1 <= scene <= most:
            raise SceneLimitError("scene", "range")


def _check_scene_str(scene: str) -> None:
    if not SCENE_STR.fullmatch(scene):
        raise SceneLimitError("scene", "format")
    # A follow would bring the prefix twice and a scan once: two scenes out of one.
    if scene.startswith(_PREFIX):
        raise SceneLimitError("scene", "prefix")
