"""Binding a member to a follower: the way it goes, and every trap on it."""

import json
from datetime import date

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests import factories, pushes
from tests.applications import statements
from tests.factories import NOON
from tests.members.site import Site
from tests.misreadings import find_misreadings
from wxchannels.channels.speaking import speak
from wxchannels.ledger import counters, inbox, personal, rebuild, repair
from wxchannels.ledger.deliveries import Delivery
from wxchannels.ledger.followers import find_follower
from wxchannels.ledger.lookups import Waiting
from wxchannels.members import bindings, codes
from wxchannels.members.codes import BadLifetimeError, new_scene
from wxchannels.members.proposals import BadMemberError, MemberBoundError
from wxchannels.models import (
    Binding,
    CodeState,
    EventType,
    Purpose,
    ScanEvent,
    Task,
    TemporaryCode,
    UnboundBy,
    WebhookDelivery,
)
from wxchannels.models.members import MEMBER_LENGTH
from wxchannels.reports.figures import ChannelReport, channel_report
from wxchannels.reports.periods import Period
from wxchannels.wechat.answers import UserInfo
from wxchannels.wechat.pushes import parse
from wxchannels.wechat.replies import TextReply

TODAY = Period(date(2026, 3, 2), date(2026, 3, 2), "Asia/Shanghai")


def report_of(site: Site) -> ChannelReport:
    site.session.rollback()
    report = channel_report(site.session, site.account, TODAY, now=site.now)
    site.session.rollback()
    return report


def assert_sound(site: Site) -> None:
    assert list(counters.check(site.session, site.account.id)) == []
    assert list(find_misreadings(site.session, site.account)) == []


def test_scan_and_the_digits_bind(site: Site) -> None:
    number = site.propose("anna@shop")

    asked = site.scan(number)
    waiting = site.bound()
    told = site.say(f" {site.digits(number)} ")

    assert "半亩茶" in asked
    assert "anna@shop" in asked
    assert waiting == {}
    assert "绑定成功" in told
    assert site.bound() == {"anna@shop": "anna"}
    assert site.state(number) == CodeState.CONSUMED
    assert site.binding(number).bound_at == NOON


def test_full_width_digits_are_digits(site: Site) -> None:
    number = site.propose()
    site.scan(number)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")

    site.say(site.digits(number).translate(wide))

    assert site.bound() == {"anna@shop": "anna"}


def test_account_may_speak_english(site: Site) -> None:
    site.account.chat_language = "en"
    site.session.commit()

    assert "asks to be bound" in site.scan(site.propose())


def test_scan_alone_binds_nobody(site: Site) -> None:
    number = site.propose()

    site.scan(number)
    site.later(seconds=299)

    assert site.bound() == {}
    assert site.state(number) == CodeState.SCANNED


# Figures.


def test_scan_through_it_moves_no_figure(site: Site) -> None:
    factories.qrcode(site.session, "counter")
    site.receive(pushes.subscribe("counter"))
    before = report_of(site)

    site.bind()
    site.scan(site.propose("bo@shop"), "bo")

    assert report_of(site) == before
    assert_sound(site)


def test_follow_through_it_counts_in_no_channel(site: Site) -> None:
    number = site.propose()

    asked = site.follow(number)

    report = report_of(site)
    assert "anna@shop" in asked
    assert (report.no_channel.new_follows, report.no_channel.scans) == (1, 0)
    assert (report.unknown_scene.scans, report.total.scans) == (0, 0)
    # The push says how it came about; WeChat would only tell us of this scene.
    assert site.session.scalars(select(Task)).all() == []
    [followed] = site.session.scalars(select(ScanEvent))
    assert followed.scene is None
    assert_sound(site)


def test_scene_of_a_channel_that_looks_like_one_stays_the_channels(site: Site) -> None:
    scene = new_scene(Purpose.BIND)
    factories.qrcode(site.session, scene, of=factories.channel(site.session))

    site.receive(pushes.subscribe(scene))

    [row] = report_of(site).rows
    assert (row.new_follows, row.scans) == (1, 1)


@pytest.mark.parametrize("body", [pushes.subscribe("counter"), pushes.text("你好")])
def test_ordinary_batches_cost_no_statement_more(site: Site, body: bytes) -> None:
    factories.qrcode(site.session, "counter")

    with statements(site.session.get_bind()) as asked:
        site.receive(body)

    ours = (Binding.__tablename__, TemporaryCode.__tablename__)
    assert asked
    assert [one for one in asked if any(f" {name}" in one for name in ours)] == []


# The traps of wechat.md, section 8.


def test_nobody_guesses_a_scene() -> None:
    scenes = {new_scene(purpose) for purpose in Purpose for _ in range(1000)}

    assert len(scenes) == 2000
    assert all(codes.SHAPE.fullmatch(scene) for scene in scenes)
    assert len(codes.LETTERS) ** codes.SCENE_LETTERS >= 2**128


def test_scene_is_kept_nowhere_but_in_the_push(site: Site) -> None:
    number = site.propose()
    scene = site.scenes[number]

    code = site.binding(number).code

    values = [getattr(code, column.key) for column in TemporaryCode.__table__.columns]
    assert not [value for value in values if scene in str(value)]


def test_guessed_scene_is_an_unknown_one(site: Site) -> None:
    site.propose()

    site.receive(pushes.subscribe(new_scene(Purpose.BIND)))

    assert report_of(site).unknown_scene.new_follows == 1


def test_scene_of_another_account_is_not_ours(site: Site) -> None:
    other = factories.account(site.session, "other")
    elsewhere = Site(site.session, other)
    number = elsewhere.propose()

    answer = site.receive(pushes.scan(elsewhere.scenes[number]))

    assert answer == [""]
    assert elsewhere.state(number) == CodeState.PENDING


def test_digits_cannot_be_tried_through(site: Site) -> None:
    number = site.propose()
    site.scan(number)
    wrong = site.wrong_digits(number)

    told = [site.say(wrong) for _ in range(3)]
    right = site.say(site.digits(number))

    assert ["不对" in one for one in told] == [True, True, False]
    assert "作废" in told[2]
    assert right == ""
    assert site.bound() == {}
    assert site.state(number) == CodeState.REFUSED


def test_retried_wrong_digits_are_one_try(site: Site) -> None:
    number = site.propose()
    site.scan(number)
    wrong = site.message(site.wrong_digits(number))

    told = [site.receive(wrong)[0] for _ in range(5)]
    site.say(site.digits(number))

    assert len(set(told)) == 1
    assert site.bound() == {"anna@shop": "anna"}


def test_digits_of_who_scanned_nothing_mean_nothing(site: Site) -> None:
    number = site.propose()
    site.scan(number, "anna")

    answer = site.say(site.digits(number), "bo")

    assert answer == ""
    assert site.state(number) == CodeState.SCANNED


def test_member_who_lures_somebody_gets_nothing_without_their_word(site: Site) -> None:
    number = site.propose("mallory@shop")

    asked = site.scan(number, "victim")
    site.say("你好", "victim")
    site.later(minutes=6)

    assert "mallory@shop" in asked
    assert "不是你本人" in asked
    assert site.bound() == {}
    assert site.state(number) == CodeState.EXPIRED


def test_stranger_who_scans_a_members_code_does_not_know_the_digits(site: Site) -> None:
    number = site.propose("anna@shop")

    site.scan(number, "stranger")
    site.say(site.wrong_digits(number), "stranger")
    answer = site.scan(number, "anna")
    site.say(site.digits(number), "anna")

    assert "已经用过或过期" in answer
    assert site.bound() == {}


def test_members_name_is_shown_as_it_is(site: Site) -> None:
    number = site.propose("{account} <a href='//evil.example'>x</a>")
    push = site.scan_push(number)
    [delivery] = [Delivery(push=parse(push), body=push, received_at=site.now)]

    [answer] = inbox.receive(site.session, site.account.id, [delivery])

    said = speak(answer, delivery.push, account="半亩茶", time_zone="Asia/Shanghai")
    assert isinstance(said, TextReply)
    assert "「{account} ＜a href='//evil.example'＞x＜/a＞」" in said.content


def test_second_scanner_changes_nothing(site: Site) -> None:
    number = site.propose()
    site.scan(number, "anna")

    second = site.scan(number, "bo")
    site.say(site.digits(number), "anna")

    assert "已经用过或过期" in second
    assert "anna@shop" not in second
    assert site.bound() == {"anna@shop": "anna"}


def test_spent_code_is_not_good_twice(site: Site) -> None:
    number = site.bind()
    site.later(seconds=1)

    again = site.scan(number)
    followed = site.follow(number, "bo")
    typed = site.say(site.digits(number), "anna")

    assert "已经用过或过期" in again
    assert "已经用过或过期" in followed
    assert typed == ""
    assert site.bound() == {"anna@shop": "anna"}


def test_push_that_comes_after_the_code_ended_changes_nothing(site: Site) -> None:
    number = site.propose()
    late = site.scan_push(number)
    site.later(minutes=5)

    [answer] = site.receive(late)

    assert "已经用过或过期" in answer
    assert site.binding(number).code.scanned_at is None
    assert site.state(number) == CodeState.EXPIRED


def test_digits_that_come_after_the_code_ended_change_nothing(site: Site) -> None:
    number = site.propose()
    site.scan(number)
    digits = site.digits(number)
    site.later(minutes=5)

    late = site.say(digits)
    site.later(hours=1)
    much_later = site.say(digits)

    assert "已经用过或过期" in late
    assert much_later == ""
    assert site.bound() == {}


def test_cancelled_code_is_answered_neutrally(site: Site) -> None:
    number = site.propose()
    bindings.cancel(
        site.session, site.binding(number), by=UnboundBy.PROGRAM, at=site.now
    )
    site.session.commit()

    assert "已经用过或过期" in site.scan(number)
    assert site.state(number) == CodeState.CANCELLED


def test_who_confirms_while_the_site_cancels_is_not_left_bound(site: Site) -> None:
    number = site.propose()
    site.scan(number)
    engine = site.session.get_bind()
    with Session(engine, expire_on_commit=False) as program:
        seen = program.get_one(Binding, number)
        program.commit()
        site.say(site.digits(number))

        bindings.cancel(program, seen, by=UnboundBy.PROGRAM, at=site.now)
        program.commit()

    assert site.bound() == {}
    assert site.binding(number).unbound_by == UnboundBy.PROGRAM


def test_retried_pushes_get_the_same_answers(site: Site) -> None:
    number = site.propose()
    scan, digits = site.scan_push(number), site.message(site.digits(number))

    first = [site.receive(scan), site.receive(digits)]
    again = [site.receive(scan), site.receive(digits)]
    together = site.receive(scan, digits, scan)

    assert first == again
    assert together == [first[0][0], first[1][0], first[0][0]]
    assert site.bound() == {"anna@shop": "anna"}


def test_all_in_one_batch_is_as_one_by_one(site: Site) -> None:
    number = site.propose()
    scan, digits = site.scan_push(number), site.message(site.digits(number))

    answers = site.receive(scan, site.scan_push(number, "bo"), digits)

    assert ["anna@shop" in one for one in answers] == [True, False, True]
    assert site.bound() == {"anna@shop": "anna"}


def test_latest_scan_is_the_one_that_digits_are_about(site: Site) -> None:
    first, second = site.propose("one"), site.propose("two")
    site.scan(first)
    site.later(seconds=1)
    site.scan(second)

    site.say(site.digits(second))

    assert site.bound() == {"two": "anna"}
    assert site.state(first) == CodeState.CANCELLED


# Unique both ways.


def test_bound_member_gets_no_code(site: Site) -> None:
    site.bind("anna@shop")

    with pytest.raises(MemberBoundError):
        site.propose("anna@shop")


def test_bound_follower_is_bound_to_nobody_else(site: Site) -> None:
    site.bind("anna@shop", "anna")
    number = site.propose("bo@shop")
    site.scan(number, "anna")

    told = site.say(site.digits(number), "anna")

    assert "没有绑定" in told
    assert site.bound() == {"anna@shop": "anna"}
    assert site.state(number) == CodeState.REFUSED
    assert site.binding(number).bound_at is None


def test_member_with_two_codes_is_bound_once(site: Site) -> None:
    first, second = site.propose("anna@shop"), site.propose("anna@shop")
    site.scan(first, "anna")
    site.scan(second, "bo")

    site.say(site.digits(first), "anna")
    told = site.say(site.digits(second), "bo")

    assert "没有绑定" in told
    assert site.bound() == {"anna@shop": "anna"}


def test_rebinding_after_unbinding(site: Site) -> None:
    site.bind("anna@shop", "anna")
    site.say("解绑")
    site.say("确认解绑")

    site.bind("bo@shop", "anna")
    site.bind("anna@shop", "bo")

    assert site.bound() == {"bo@shop": "anna", "anna@shop": "bo"}


# Unbinding.


def test_follower_unbinds_in_two_steps(site: Site) -> None:
    number = site.bind()

    asked = site.say("解绑")
    still = site.bound()
    message = site.message("确认解绑")
    told = [site.receive(message)[0] for _ in range(2)]

    assert "anna@shop" in asked
    assert "确认解绑" in asked
    assert still == {"anna@shop": "anna"}
    assert told[0] == told[1]
    assert "已解除" in told[0]
    assert site.bound() == {}
    assert site.binding(number).unbound_by == UnboundBy.FOLLOWER


def test_keywords_of_who_is_not_bound_are_left_to_others(site: Site) -> None:
    site.receive(pushes.subscribe())

    assert [site.say("解绑"), site.say("确认解绑"), site.say("1234")] == ["", "", ""]


def test_digits_go_before_rules_only_while_a_code_waits(site: Site) -> None:
    factories.rule(site.session, "1", "0", says="as ruled")
    number = site.propose()
    wrong = site.wrong_digits(number)
    before = site.say(wrong)
    site.scan(number)

    during = site.say(wrong)
    site.say(site.digits(number))
    after = site.say(wrong)

    assert (before, after) == ("as ruled", "as ruled")
    assert "数字不对" in during


def test_unfollow_unbinds_unless_the_account_keeps(site: Site) -> None:
    number = site.bind("anna@shop", "anna")
    site.follow(number, "anna")
    site.later(seconds=1)

    site.receive(pushes.unsubscribe(at=site.now))

    assert site.bound() == {}
    assert site.binding(number).unbound_by == UnboundBy.UNFOLLOW
    assert site.binding(number).code.follower_id is None


def test_account_may_keep_bindings_of_who_left(site: Site) -> None:
    site.account.unbinds_on_unfollow = False
    site.session.commit()
    number = site.propose()
    site.follow(number)
    site.say(site.digits(number))
    site.later(seconds=1)

    site.receive(pushes.unsubscribe(at=site.now))

    assert list(site.bound()) == ["anna@shop"]


def test_late_unfollow_of_who_came_back_unbinds_nobody(site: Site) -> None:
    number = site.propose()
    late = pushes.unsubscribe(at=site.now)
    site.later(seconds=1)
    site.follow(number)
    site.say(site.digits(number))

    site.receive(late)

    assert site.bound() == {"anna@shop": "anna"}


# Personal data.


def test_person_is_shown_and_erased_with_the_binding(site: Site) -> None:
    number = site.bind()
    anna = find_follower(site.session, site.account, "anna")
    assert anna

    kept = personal.export_person(site.session, site.account, anna)
    personal.erase_person(site.session, site.account, anna, at=site.now)
    site.session.commit()
    left = personal.export_person(site.session, site.account, anna)

    assert [row["member"] for row in kept["binding"]] == ["anna@shop"]
    assert len(kept["temporary_code"]) == 1
    assert (left["binding"], left["temporary_code"]) == ([], [])
    assert site.binding(number).unbound_by == UnboundBy.ERASURE


def test_other_systems_are_told_once(site: Site) -> None:
    factories.webhook(site.session, site.account, "https://93.184.216.34/hook")
    number = site.propose("anna@shop")
    site.scan(number)
    digits, undo = site.message(site.digits(number)), site.message("确认解绑")

    for message in (digits, digits, undo, undo):
        site.receive(message)

    told = site.session.scalars(
        select(WebhookDelivery).order_by(WebhookDelivery.id)
    ).all()
    fields = {"binding_id": number, "member": "anna@shop"}
    assert [(one.type, json.loads(one.payload)) for one in told] == [
        (EventType.BINDING_CONFIRMED, fields),
        (EventType.BINDING_REMOVED, fields),
    ]


# What may be asked for.


@pytest.mark.parametrize(
    "member", ["", " ", "a\nb", "x" * (MEMBER_LENGTH + 1), "\u2028"]
)
def test_member_that_cannot_be_shown_is_refused(site: Site, member: str) -> None:
    with pytest.raises(BadMemberError):
        site.propose(member)


@pytest.mark.parametrize("seconds", [-1, 0, 59, 601, 2_592_000])
def test_lifetime_out_of_bounds_is_refused(site: Site, seconds: int) -> None:
    with pytest.raises(BadLifetimeError):
        site.propose(seconds=seconds)


def test_who_left_after_all_is_unbound(site: Site) -> None:
    number = site.propose()
    site.follow(number)
    site.say(site.digits(number))
    site.session.execute(delete(ScanEvent))

    rebuild.mend(site.session, site.account, after=0, erase=True, at=NOON)
    site.session.commit()

    assert site.bound() == {}


def test_members_differ_by_case(site: Site) -> None:
    site.bind("Anna", "anna")
    site.bind("anna", "bo")

    assert site.bound() == {"Anna": "anna", "anna": "bo"}


def test_scene_that_wechat_lost_and_tells_later_counts_in_no_channel(
    site: Site,
) -> None:
    number = site.propose()
    site.receive(pushes.subscribe())
    [followed] = site.session.scalars(select(ScanEvent))
    info = UserInfo(
        openid="anna",
        subscribe=True,
        subscribe_time=NOON,
        subscribe_scene="ADD_SCENE_QR_CODE",
        qr_scene_str=site.scenes[number],
    )

    waiting = [Waiting(followed.id, "anna", NOON)]
    repair.mend(site.session, site.account, waiting, [info], erase=True, at=NOON)
    site.session.commit()

    report = report_of(site)
    assert (report.no_channel.new_follows, report.unknown_scene.scans) == (1, 0)
    assert_sound(site)
