"""Scenes: the values we put into QR codes, refused before WeChat is asked."""

import hashlib
import secrets

from wxchannels.errors import N_, DomainError
from wxchannels.wechat.scenes import SceneLimitError, SceneRequest

ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
NEW_SCENE_LENGTH = 10


class BadSceneError(DomainError):
    """WeChat would refuse the scene, or give it back changed."""

    sentence = N_(
        "A scene has 1 to 64 letters, digits, dots, hyphens or underscores, "
        "without blanks."
    )
    field = "scene"


class ReservedSceneError(BadSceneError):
    """A follow's EventKey begins with the prefix, so a scene must not."""

    sentence = N_("A scene cannot begin with “qrscene_”: WeChat adds that itself.")


class SceneRangeError(BadSceneError):
    """A whole number that WeChat does not take for this lifetime (wechat.md 2.1)."""

    sentence = N_(
        "A number as scene lies between 1 and 100000 for a permanent code, "
        "between 1 and 4294967295 for a temporary one."
    )


class BadExpireSecondsError(DomainError):
    """WeChat keeps a temporary code for thirty days at most."""

    sentence = N_("A temporary code lasts between 1 second and 30 days.")
    field = "expire_seconds"


class NeverExpiresError(BadExpireSecondsError):
    """What is permanent has no end to be told."""

    sentence = N_("A permanent code never ends: leave out “expire_seconds”.")


REFUSALS: dict[tuple[str, str], type[DomainError]] = {
    ("scene", "type"): BadSceneError,
    ("scene", "format"): BadSceneError,
    ("scene", "prefix"): ReservedSceneError,
    ("scene", "range"): SceneRangeError,
    ("expire_seconds", "type"): BadExpireSecondsError,
    ("expire_seconds", "range"): BadExpireSecondsError,
}


def new_scene() -> str:
    """Return a scene nobody has used: ten random base32 characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(NEW_SCENE_LENGTH))


def scene_of_form(typed: str) -> str:
    """Return the scene for what was typed into a form, and its once-only value.

    Sent twice a form asks for one scene: WeChat gives one code for it, we keep one.
    """
    digest = hashlib.sha256(typed.encode()).digest()
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:NEW_SCENE_LENGTH])


def check_scene(
    scene: str | int | None, expire_seconds: int | None = None
) -> SceneRequest:
    """Return what WeChat will be asked for; without a scene one is made up.

    Input from programs is whatever JSON holds: `true` is not 1, and 7.0 is not 7.
    """
    wanted = new_scene() if scene is None else scene
    try:
        if expire_seconds is None:
            return SceneRequest.permanent(wanted)
        return SceneRequest.temporary(wanted, expire_seconds)
    except SceneLimitError as error:
        raise REFUSALS[error.field, error.limit] from error
