"""The schema."""

from wxchannels.models.accounts import AccessToken, Account, ListRun, ListRunKind, Mode
from wxchannels.models.base import Base
from wxchannels.models.bulk import BulkRow, BulkRowState, BulkRun
from wxchannels.models.channels import (
    Channel,
    ChannelGroup,
    ChannelState,
    ChannelTag,
    Lifetime,
    QRCode,
    QRCodeState,
    SceneType,
)
from wxchannels.models.ledger import (
    NO_CHANNEL,
    UNKNOWN_SCENE,
    Correction,
    CorrectionKind,
    DayCounter,
    EventClass,
    Follower,
    Kind,
    RawPush,
    Repair,
    RepairReason,
    ScanEvent,
    Source,
)
from wxchannels.models.outbox import Task, TaskState, Worker
from wxchannels.models.people import (
    ApiKey,
    AuditEntry,
    Membership,
    Role,
    User,
    UserSession,
)
from wxchannels.models.recount import Recount, RecountReason

__all__ = [
    "NO_CHANNEL",
    "UNKNOWN_SCENE",
    "AccessToken",
    "Account",
    "ApiKey",
    "AuditEntry",
    "Base",
    "BulkRow",
    "BulkRowState",
    "BulkRun",
    "Channel",
    "ChannelGroup",
    "ChannelState",
    "ChannelTag",
    "Correction",
    "CorrectionKind",
    "DayCounter",
    "EventClass",
    "Follower",
    "Kind",
    "Lifetime",
    "ListRun",
    "ListRunKind",
    "Membership",
    "Mode",
    "QRCode",
    "QRCodeState",
    "RawPush",
    "Recount",
    "RecountReason",
    "Repair",
    "RepairReason",
    "Role",
    "ScanEvent",
    "SceneType",
    "Source",
    "Task",
    "TaskState",
    "User",
    "UserSession",
    "Worker",
]
