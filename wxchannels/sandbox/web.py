"""Web authorization: codes that say once who looks at a page (wechat.md 7)."""

import secrets
from dataclasses import dataclass, field

from wxchannels.sandbox.errors import RefusedError

CODE_SECONDS = 300
TOKEN_SECONDS = 7200
REFRESH_SECONDS = 30 * 86400
BASE, USERINFO = "snsapi_base", "snsapi_userinfo"


@dataclass
class Visit:
    """Somebody looking at a page; in a snapshot WeChat makes the somebody up."""

    openid: str
    nickname: str
    scope: str
    is_snapshot: bool = False


@dataclass
class Code:
    """What the browser carries back."""

    visit: Visit
    made_at: int
    is_used: bool = False


@dataclass
class WebToken:
    """What a code is exchanged for: it opens what the person agreed to."""

    visit: Visit
    refresh_token: str
    made_at: int
    expires_at: int


@dataclass
class WebBook:
    """The codes and tokens of one account; its access token is none of them."""

    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, WebToken] = field(default_factory=dict)

    def make_code(self, visit: Visit, at: int) -> str:
        """Return a new code."""
        code = f"0{secrets.token_hex(15)}w"
        self.codes[code] = Code(visit, at)
        return code

    def exchange(self, code: str, at: int) -> tuple[str, WebToken]:
        """Return a token for a code that is neither used nor too old."""
        found = self.codes.get(code)
        if found is None:
            raise RefusedError(40029, "invalid code")
        if found.is_used:
            hint = secrets.token_hex(6)
            raise RefusedError(40163, f"code been used, hints: [ req_id: {hint} ]")
        if at >= found.made_at + CODE_SECONDS:
            raise RefusedError(42003, "oauth_code expired")
        found.is_used = True
        return self._mint(found.visit, secrets.token_urlsafe(40), at, made_at=at)

    def refresh(self, refresh_token: str, at: int) -> tuple[str, WebToken]:
        """Return another token of the same person."""
        for token in self.tokens.values():
            if token.refresh_token == refresh_token:
                if at >= token.made_at + REFRESH_SECONDS:
                    raise RefusedError(42002, "refresh_token expired")
                return self._mint(token.visit, refresh_token, at, made_at=token.made_at)
        raise RefusedError(40030, "invalid refresh_token")

    def check(self, value: str, openid: str, at: int) -> Visit:
        """Return who the token stands for."""
        token = self.tokens[value]
        if at >= token.expires_at:
            raise RefusedError(42001, "access_token expired")
        if openid != token.visit.openid:
            raise RefusedError(40003, "invalid openid")
        return token.visit

    def _mint(
        self, visit: Visit, refresh_token: str, at: int, *, made_at: int
    ) -> tuple[str, WebToken]:
        value = f"W_{secrets.token_urlsafe(40)}"
        self.tokens[value] = WebToken(visit, refresh_token, made_at, at + TOKEN_SECONDS)
        return value, self.tokens[value]
