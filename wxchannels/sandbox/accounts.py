"""An official account as WeChat sees it: who it is, its codes, its followers."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from wxchannels.sandbox.errors import UnknownThingError
from wxchannels.sandbox.faults import FaultList
from wxchannels.sandbox.quotas import QuotaBook
from wxchannels.sandbox.relations import Relation
from wxchannels.sandbox.tokens import TokenBook
from wxchannels.sandbox.web import WebBook


class Mode(StrEnum):
    """How much of a push is encrypted."""

    PLAIN = "plain"
    COMPATIBLE = "compatible"
    SAFE = "safe"


class Format(StrEnum):
    """How a push is written."""

    XML = "xml"
    JSON = "json"


@dataclass
class QRCode:
    """A code WeChat issued; `scene` is what its pushes carry."""

    ticket: str
    url: str
    scene: str
    is_text: bool
    created_at: int
    expires_at: int | None = None

    def is_expired(self, at: int) -> bool:
        """Say whether the code no longer leads anywhere."""
        return self.expires_at is not None and at >= self.expires_at


@dataclass
class Tag:
    """A tag the account puts on followers."""

    tag_id: int
    name: str


@dataclass
class Rules:
    """What the platform leaves open or what tests want smaller."""

    page_size: int = 10_000
    default_expire_seconds: int = 60
    #: Refuse an over-long validity instead of shortening it (wechat.md 14).
    refuse_long_expire: bool = False
    permanent_text_limit: int = 100_000
    cutoff_seconds: float = 5.0
    tries: int = 3
    #: Real seconds to wait before another try; simulated time moves five anyway.
    retry_pause_seconds: float = 0.0


@dataclass
class Mischief:
    """How badly pushes travel at the moment."""

    #: How often each push is sent, and whether the copies go at the same time.
    copies: int = 1
    concurrent: bool = False
    late_seconds: int = 0
    #: Keep every push back until somebody releases them.
    hold: bool = False
    #: Keep pushes back until this many are together, then send the last one first.
    reorder: int = 0
    lose_scene: bool = False
    #: So many answers to each push get lost on the way: WeChat tries again.
    lose_answers: int = 0
    #: Web authorization: show pages to nobody first, and bring each code twice.
    snapshot: bool = False
    code_twice: bool = False


@dataclass
class Account:
    """One official account: settings, state and everything it ever issued."""

    app_id: str
    secret: str
    original_id: str
    name: str
    token: str
    number: int
    aes_key: str = ""
    mode: Mode = Mode.PLAIN
    format: Format = Format.XML
    callback_url: str = ""
    product_url: str = ""
    #: Where web authorization may lead back to; by default the product's own host.
    web_domain: str = ""
    allowed_ips: list[str] = field(default_factory=list)
    rules: Rules = field(default_factory=Rules)
    mischief: Mischief = field(default_factory=Mischief)
    tokens: TokenBook = field(default_factory=TokenBook)
    web: WebBook = field(default_factory=WebBook)
    quota: QuotaBook = field(default_factory=QuotaBook)
    faults: FaultList = field(default_factory=FaultList)
    calls: dict[str, int] = field(default_factory=dict)
    qrcodes: dict[str, QRCode] = field(default_factory=dict)
    #: Tickets of permanent codes by kind and scene: asked again, they stay the same.
    permanent: dict[str, str] = field(default_factory=dict)
    #: What the product calls the scenes, if it told us; for the phone page only.
    scene_names: dict[str, str] = field(default_factory=dict)
    #: Made by program.
    menu: dict[str, Any] | None = None
    #: Made in the console; a program's takes its place.
    console_menu: dict[str, Any] | None = None
    tags: list[Tag] = field(default_factory=list)
    #: By openid.
    relations: dict[str, Relation] = field(default_factory=dict)
    last_message_id: int = 24_000_000_000_000_000

    def find_qrcode(self, named: str) -> QRCode | None:
        """Return the code with this ticket, address or scene, the newest first."""
        if named in self.qrcodes:
            return self.qrcodes[named]
        for qrcode in reversed(self.qrcodes.values()):
            if named in {qrcode.url, qrcode.scene}:
                return qrcode
        return None

    def get_qrcode(self, named: str) -> QRCode:
        """Return the code with this ticket, address or scene."""
        qrcode = self.find_qrcode(named)
        if qrcode is None:
            raise UnknownThingError("code", named)
        return qrcode

    def next_message_id(self) -> int:
        """Return a 64-bit number no message had before."""
        self.last_message_id += 7
        return self.last_message_id
