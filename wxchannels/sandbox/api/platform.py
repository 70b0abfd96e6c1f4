"""Quotas and addresses: clear_quota, openapi/quota/get, getcallbackip."""

from collections.abc import Mapping
from http import HTTPMethod
from typing import Any

from wxchannels.sandbox.api.gate import Call, Endpoint
from wxchannels.sandbox.api.menus import OK
from wxchannels.sandbox.errors import RefusedError


def clear_quota(call: Call) -> Mapping[str, Any]:
    """Start today's quotas again."""
    if call.body.get("appid") != call.account.app_id:
        raise RefusedError(40013, "invalid appid")
    call.account.quota.clear(call.at)
    return OK


def show_quota(call: Call) -> Mapping[str, Any]:
    """Tell how much of a path's quota is left today."""
    path = str(call.body.get("cgi_path", ""))
    if not path.startswith("/"):
        raise RefusedError(76021, "cgi_path not found, please check")
    limit, used = (
        call.account.quota.limit(path),
        call.account.quota.used_today(path, call.at),
    )
    quota = {"daily_limit": limit, "used": used, "remain": max(limit - used, 0)}
    return {**OK, "quota": quota}


def list_addresses(call: Call) -> Mapping[str, Any]:
    """Return the addresses pushes come from: this machine's."""
    del call
    return {"ip_list": ["127.0.0.1", "127.0.0.0/8"]}


ENDPOINTS = (
    Endpoint("/cgi-bin/clear_quota", HTTPMethod.POST, clear_quota),
    Endpoint("/cgi-bin/openapi/quota/get", HTTPMethod.POST, show_quota),
    Endpoint("/cgi-bin/getcallbackip", HTTPMethod.GET, list_addresses),
    Endpoint("/cgi-bin/get_api_domain_ip", HTTPMethod.GET, list_addresses),
)
