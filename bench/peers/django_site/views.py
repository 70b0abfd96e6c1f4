"""The view WeChat calls."""

import hashlib
import time
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.csrf import csrf_exempt

from bench.peers.django_site.models import Channel, DayCounter, Follower, Push
from bench.pushes import TOKEN

REPLY = """<xml>
<ToUserName><![CDATA[{to}]]></ToUserName>
<FromUserName><![CDATA[{sender}]]></FromUserName>
<CreateTime>{at}</CreateTime>
<MsgType><![CDATA[text]]></MsgType>
<Content><![CDATA[{text}]]></Content>
</xml>"""


@csrf_exempt
def wechat(request: HttpRequest) -> HttpResponse:
    """Check the signature, record a follow, greet."""
    words = [TOKEN, request.GET.get("timestamp", ""), request.GET.get("nonce", "")]
    signed = hashlib.sha1("".join(sorted(words)).encode()).hexdigest()  # noqa: S324 - WeChat's own
    if signed != request.GET.get("signature"):
        return HttpResponseForbidden()
    if request.method == "GET":
        return HttpResponse(request.GET.get("echostr", ""))
    message = ET.fromstring(request.body)  # noqa: S314 - as tutorials have it
    if message.findtext("Event") != "subscribe":
        return HttpResponse("success")
    greeting = follow(
        message.findtext("FromUserName"),
        message.findtext("EventKey").removeprefix("qrscene_"),
        datetime.fromtimestamp(int(message.findtext("CreateTime")), UTC),
        request.body,
    )
    reply = REPLY.format(
        to=message.findtext("FromUserName"),
        sender=message.findtext("ToUserName"),
        at=int(time.time()),
        text=greeting,
    )
    return HttpResponse(reply, content_type="application/xml")


@transaction.atomic
def follow(openid: str, scene: str, happened_at: datetime, body: bytes) -> str:
    """Record a follow and return what the person is greeted with."""
    channel = Channel.objects.get(scene=scene)
    follower, is_new = Follower.objects.get_or_create(
        openid=openid, defaults={"channel": channel, "followed_at": happened_at}
    )
    kind = "new_follow" if is_new else "refollow"
    key = hashlib.sha256(f"{openid} {happened_at} {scene}".encode()).hexdigest()
    _, is_recorded = Push.objects.get_or_create(
        key=key,
        defaults={
            "follower": follower,
            "channel": channel,
            "kind": kind,
            "happened_at": happened_at,
            "body": body,
        },
    )
    if is_recorded:
        counter, _ = DayCounter.objects.get_or_create(
            channel=channel, day=happened_at.date()
        )
        column = f"{kind}s"
        DayCounter.objects.filter(pk=counter.pk).update(**{column: F(column) + 1})
    return channel.greeting
