"""What the simulated platform says no with.

SandboxError
├── RefusedError           an errcode of WeChat, sent as HTTP 200 like everything else
└── NotPossibleError       the control API was asked for something that cannot be
    └── UnknownThingError  … because there is no such thing
"""


class SandboxError(Exception):
    """Something the sandbox will not do."""


class RefusedError(SandboxError):
    """WeChat refuses a call with `errcode`."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg


class NotPossibleError(SandboxError):
    """The request to the control API makes no sense; the message says why."""

    def __init__(self, sentence: str, *words: object) -> None:
        super().__init__(sentence % words)


class UnknownThingError(NotPossibleError):
    """The request names an account, a person or a code that does not exist."""

    def __init__(self, kind: str, name: str) -> None:
        super().__init__("There is no %s “%s”.", kind, name)
