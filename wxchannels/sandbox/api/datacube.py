"""/datacube/getusersummary and getusercumulate."""

from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from wxchannels.sandbox import datacube
from wxchannels.sandbox.api.gate import Call, Endpoint


def summarize(call: Call) -> Mapping[str, Any]:
    """Return who came and left; a day that is not over has no rows."""
    days = datacube.read_days(call.body, at=call.at)
    return {"list": datacube.summarize(call.account, days)}


def cumulate(call: Call) -> Mapping[str, Any]:
    """Return how many followed at the end of each day."""
    days = datacube.read_days(call.body, at=call.at)
    return {"list": datacube.cumulate(call.account, days)}


ENDPOINTS = (
    Endpoint("/datacube/getusersummary", HTTPMethod.POST, summarize),
    Endpoint("/datacube/getusercumulate", HTTPMethod.POST, cumulate),
)
