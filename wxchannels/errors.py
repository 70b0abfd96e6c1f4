"""The base of every refusal the business gives."""

from typing import ClassVar


def N_(sentence: str) -> str:  # noqa: N802 - gettext's own name for "translate this later"
    """Mark `sentence` for translation and return it unchanged."""
    return sentence


class DomainError(Exception):
    """A request the business refuses, with the sentence that says why.

    The sentence is an English msgid; `web/errors.py` says it in the reader's
    language. `field` names the input it belongs to, or is empty; where an input has
    several parts, `part` says which.
    """

    sentence: ClassVar[str] = N_("This cannot be done.")
    field: str = ""
    part: str = ""

    def __init__(self, **params: object) -> None:
        self.params = params
        super().__init__(self.sentence % params)


class NotFoundError(DomainError):
    """The thing does not exist, or not for whoever asks: the two look alike."""

    sentence = N_("There is no such thing here.")
