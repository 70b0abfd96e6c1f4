import json
import re
from typing import Any

import pytest
import requests
from wechatpy.replies import ArticlesReply, ImageReply, TextReply

from tests.sandbox import oracle
from tests.sandbox.conftest import NOON
from tests.sandbox.platform import APP_ID, ORIGINAL_ID, Platform
from tests.sandbox.receiver import Receiver, say
from wxchannels.sandbox.phone.chat import Piece, pieces_of
from wxchannels.sandbox.remote import Sandbox

ANNA = "oABCDwxchannelsOPENID0000001"


@pytest.fixture(name="people", autouse=True)
def people_on_the_phone(sandbox: Sandbox) -> None:
    sandbox.name_person("anna", "小满", openid=ANNA)
    sandbox.name_person("bo", "阿泽")


class Phone:
    """The page as a browser without scripts sees it."""

    def __init__(self, base_url: str, lang: str = "zh") -> None:
        self.base_url = base_url
        self.browser = requests.Session()
        self.browser.cookies.set("lang", lang)

    def show(self, person: str = "anna", **query: str) -> str:
        page = self.browser.get(
            self.base_url, params={"person": person, **query}, timeout=10
        )
        assert page.status_code == 200
        return page.text

    def send(self, path: str, person: str = "anna", **form: object) -> str:
        body: dict[str, Any] = {"account": APP_ID, "person": person, **form}
        page = self.browser.post(f"{self.base_url}/{path}", data=body, timeout=10)
        assert page.status_code == 200
        return page.text


@pytest.fixture(name="phone")
def chinese_phone(sandbox: Sandbox) -> Phone:
    return Phone(sandbox.base_url)


MINI = (
    '<a data-miniprogram-appid="wx0123456789abcdef" data-miniprogram-path="pages/a">'
    "&lt;点单&gt;</a>"
)


def text(content: str) -> str:
    return str(TextReply(source=ORIGINAL_ID, target=ANNA, content=content).render())


def test_scan_leads_over_the_profile_page_into_the_chat(
    phone: Phone, sandbox: Sandbox, receiver: Receiver
) -> None:
    code = sandbox.issue_code("sunck")
    sandbox.name_scenes({"sunck": "静安寺店·收银台"})
    receiver.answer(say(text("欢迎 <a href='https://example.com/?a=1&amp;b=2'>领</a>")))

    profile = phone.send("do", do="scan", code=code.ticket)
    chat = phone.send("do", do="follow_from_profile")

    assert "关注公众号" in profile
    assert receiver.requests
    assert "小满 扫描了「静安寺店·收银台」" in chat
    assert "小满 关注了公众号" in chat
    assert 'href="https://example.com/?a=1&amp;b=2"' in chat
    assert "正在关注" in chat
    assert "由「静安寺店·收银台」带来，不到 1 天" in chat


def test_profile_page_can_be_left(
    phone: Phone, sandbox: Sandbox, receiver: Receiver
) -> None:
    code = sandbox.issue_code("sunck")
    phone.send("do", do="scan", code=code.ticket)

    page = phone.send("close")

    assert "phone-profile" not in page
    assert receiver.requests == []


def test_waiting_on_the_profile_page_loses_the_scene(
    phone: Phone, sandbox: Sandbox, receiver: Receiver
) -> None:
    code = sandbox.issue_code("sunck")
    phone.send("do", do="scan", code=code.ticket)

    phone.send("clock", advance=660)
    phone.send("do", do="follow_from_profile")

    assert oracle.fields_of(receiver.requests[0])["EventKey"] is None


def test_follow_without_a_code_and_after_a_payment(
    phone: Phone, receiver: Receiver
) -> None:
    found = phone.send("do", do="follow")
    paid = phone.send("do", "bo", do="follow", payment="yes")

    keys = [oracle.fields_of(request)["EventKey"] for request in receiver.requests]
    assert keys == [None, "last_trade_no_4008072001201701105817415015"]
    assert "搜索关注，不到 1 天" in found
    assert "支付后关注，不到 1 天" in paid


def test_who_left_is_told_apart_from_who_never_came(
    phone: Phone, sandbox: Sandbox
) -> None:
    sandbox.follow("anna", at="2026-02-01T12:00:00+08:00")

    before = phone.show()
    after = phone.send("do", do="unfollow")

    assert "搜索关注，29 天" in before
    assert "从没关注过" in before
    assert "关注过，已取关" in after
    assert "2026-03-02 离开" in after
    assert "小满 取消了关注" in after


def test_talk_is_shown_as_wechat_shows_it(
    phone: Phone, sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.follow("anna", silent=True)
    news = ArticlesReply(source=ORIGINAL_ID, target=ANNA)
    news.add_article({"title": "菜单", "description": "桂花", "url": "javascript:x"})
    picture = ImageReply(source=ORIGINAL_ID, target=ANNA, media_id="M")
    transfer = text("x").replace("[text]", "[transfer_customer_service]")
    answers = [say(news.render()), say(picture.render()), say(transfer), say("oops")]
    receiver.answer(*answers)

    for _ in answers:
        page = phone.send("do", do="message", text="有热的吗 <b>")

    assert page.count("有热的吗 &lt;b&gt;") == 4 + 4  # in the chat and on the wire
    assert "<b>菜单</b>" in page
    assert "javascript:" not in page
    assert "[图片]" in page
    assert "已转给人工客服" in page
    assert "该公众号提供的服务出现故障，请稍后再试" in page


def test_markup_in_a_reply_stays_text(phone: Phone, receiver: Receiver) -> None:
    receiver.answer(say(text("<script>alert(1)</script><a href='javascript:x'>y</a>")))

    page = phone.send("do", do="follow")

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert not re.search(r'href="javascript', page)


def test_links_are_cut_out_of_text() -> None:
    pieces = pieces_of(f"看<a href='https://x.cn/a'>网页</a>和{MINI}！")

    assert list(pieces) == [
        Piece("看"),
        Piece("网页", "https://x.cn/a"),
        Piece("和"),
        Piece("<点单>", "", "wx0123456789abcdef"),
        Piece("！"),
    ]


def test_chat_says_which_mini_program_a_link_opens(
    phone: Phone, receiver: Receiver
) -> None:
    receiver.answer(say(text(MINI)))

    page = phone.send("do", do="follow")

    assert '<span class="wx-link">&lt;点单&gt;</span>' in page
    assert "「&amp;lt;点单&amp;gt;」打开小程序 wx0123456789abcdef 的 pages/a" in page


def test_time_is_told_where_the_talk_paused(phone: Phone, sandbox: Sandbox) -> None:
    noon = int(NOON.timestamp())
    sandbox.follow("anna", at=noon - 86400)
    sandbox.message("anna", "a", at=noon - 400)
    sandbox.message("anna", "b", at=noon - 101)

    page = phone.show()

    times = re.findall(r'<p class="wx-t tnum mb-0x">\s*(.*?)\s*</p>', page)
    assert times == ["03-01 12:00", "11:53"]


def test_expired_code_is_shown_and_leads_nowhere(
    phone: Phone, sandbox: Sandbox, receiver: Receiver
) -> None:
    code = sandbox.issue_code("sunck", expire_seconds=60)
    sandbox.clock(advance=60)

    page = phone.send("do", do="scan", code=code.ticket)

    assert "（已过期）" in page
    assert "「sunck」已过期，微信什么也没推送" in page
    assert receiver.requests == []


def test_code_of_another_tool_can_be_scanned(
    phone: Phone, sandbox: Sandbox, receiver: Receiver
) -> None:
    first = phone.send("foreign")
    sandbox.follow("bo", silent=True)
    phone.send("foreign", "bo")

    assert "phone-profile" in first
    assert oracle.fields_of(receiver.requests[0])["EventKey"] == "other-tool"
    assert len(sandbox.codes()) == 1


def test_many_codes_can_be_searched(phone: Phone, sandbox: Sandbox) -> None:
    for number in range(13):
        sandbox.issue_code(f"scene-{number}")
    sandbox.name_scenes({"scene-0": "静安寺店"})

    page = phone.show()
    found = phone.show(find="静安")
    nothing = phone.show(find="没有")

    assert page.count('class="thumb"') == 12
    assert found.count('class="thumb"') == 1
    assert "没有哪张码" in nothing
    scan = phone.send("do", do="scan", code="scene-0", find="静安")
    assert 'value="静安"' in scan


def test_menu_is_under_the_chat(
    phone: Phone, sandbox: Sandbox, platform: Platform, receiver: Receiver
) -> None:
    sub = {"type": "click", "name": "会员码", "key": "CARD"}
    click = {"type": "click", "name": "点单", "key": "ORDER"}
    menu = {"button": [click, {"name": "会员", "sub_button": [sub]}]}
    platform.ask("menu/create", json.dumps(menu, ensure_ascii=False).encode())
    sandbox.follow("anna", silent=True)

    page = phone.send("do", do="press", button="会员码")

    assert "点了菜单「会员码」" in page
    assert "<summary>会员</summary>" in page
    assert oracle.fields_of(receiver.requests[0])["EventKey"] == "CARD"


def test_menu_is_cut_where_there_is_no_room_and_its_pages_can_be_opened(
    phone: Phone, sandbox: Sandbox, receiver: Receiver
) -> None:
    page = {"type": "view", "name": "十一月新品", "url": "https://example.com/?a=1&b=2"}
    material = {"type": "media_id", "name": "海报", "media_id": "M"}
    below = [{**page, "name": "一二三四五六七八九"}]
    sandbox.make_menu(page, material, {"name": "更多", "sub_button": below})
    sandbox.follow("anna", silent=True)

    opened = phone.send("do", do="press", button="十一月新品")
    shown = phone.send("do", do="press", button="海报")

    assert ">十一月新..</button>" in opened
    assert ">一二三四五六七八..</button>" in opened
    assert 'href="https://example.com/?a=1&amp;b=2"' in opened
    assert "微信直接展示素材：「海报」" in shown
    assert len(receiver.requests) == 1


def test_somebody_new_gets_a_phone(phone: Phone) -> None:
    page = phone.send("people", name=" 豆豆 ")
    nobody = phone.send("people", name=" ")

    assert "豆豆 还没和公众号说过话" in page
    assert nobody.count("<b>豆豆</b>") == 1


def test_switches_show_what_is_on(phone: Phone, sandbox: Sandbox) -> None:
    everything = [
        "copies",
        "reorder",
        "late_seconds",
        "lose_scene",
        "lose_answers",
        "snapshot",
        "code_twice",
        "token",
        "quota",
        "gateway",
    ]

    on = phone.send("switches", on=everything)
    again = phone.send("switches", on=everything)
    mischief = sandbox.account()["mischief"]
    off = phone.send("switches")

    assert on.count(" checked>") == again.count(" checked>") == 10
    assert mischief == {
        "copies": 3,
        "concurrent": False,
        "late_seconds": 30,
        "hold": False,
        "reorder": 2,
        "lose_scene": True,
        "lose_answers": 1,
        "snapshot": True,
        "code_twice": True,
    }
    assert " checked>" not in off


def test_switches_of_the_api_work(phone: Phone, platform: Platform) -> None:
    token = platform.token()
    phone.send("switches", on=["token", "quota", "gateway"])

    first = platform.get("user/get", access_token=token)
    later = [platform.get("user/get", access_token=token) for _ in range(4)]

    assert first.json()["errcode"] == 40001
    assert [one.status_code for one in later] == [502, 502, 502, 200]
    assert platform.refused("qrcode/create", {}) == 45009


def test_wire_tells_of_every_try(
    phone: Phone, sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.issue_code("sunck")
    sandbox.mischief(copies=2)
    receiver.answer(say("oops", 500), say("oops"), say(""))

    page = phone.send("do", do="follow")

    assert "推送 → /weixin/tea" in page
    assert "明文模式" in page
    assert "500, " in page
    assert "出错" in page
    assert "回复用不了：neither XML nor JSON" in page
    assert "(第 2 次)" in page
    assert "(第 2 份)" in page
    assert "收到，不回复" in page


def test_late_and_kept_pushes_can_be_released(
    phone: Phone, sandbox: Sandbox, receiver: Receiver
) -> None:
    sandbox.mischief(late_seconds=30)
    late = phone.send("do", do="follow")
    sandbox.mischief(late_seconds=0, reorder=3)
    kept = phone.send("do", do="unfollow")

    page = phone.send("release")

    assert "路上耽搁，12:00:30 才到" in late
    assert "先扣下，等下一条来了再送" in kept
    assert "2 条推送还在路上" in kept
    events = [oracle.fields_of(request)["Event"] for request in receiver.requests]
    assert events == ["unsubscribe", "subscribe"]
    assert "还在路上" not in page


def test_day_can_be_skipped(phone: Phone, sandbox: Sandbox) -> None:
    page = phone.send("clock", advance=86400)

    assert "2026-03-03 12:00:00" in page
    assert "data-runs" not in page
    sandbox.clock(go=True)
    assert "data-runs" in phone.show()


def test_english_page_has_no_chinese_of_ours(sandbox: Sandbox) -> None:
    sandbox.open_account(name="Tea", product_url="http://127.0.0.1:5000/")
    sandbox.name_person("anna", "Anna", openid=ANNA)
    sandbox.name_person("bo", "Bo")

    page = Phone(sandbox.base_url, "en").show()

    chinese = re.sub(r'title="切换到中文">中<', "", page)
    assert not re.search(r"[\u4e00-\u9fff]", chinese)
    assert 'href="http://127.0.0.1:5000/"' in page


def test_language_and_theme_are_remembered(sandbox: Sandbox) -> None:
    browser = requests.Session()

    first = browser.get(sandbox.base_url, headers={"Accept-Language": "fr"}, timeout=5)
    browser.get(f"{sandbox.base_url}/?lang=en&theme=dark", timeout=5)
    later = browser.get(sandbox.base_url, timeout=5)

    assert '<html lang="zh-CN">' in first.text
    assert '<html lang="en" data-bs-theme="dark">' in later.text


def test_two_accounts_can_be_switched(phone: Phone, sandbox: Sandbox) -> None:
    second = Sandbox(sandbox.base_url, "wxfedcba9876543210", sandbox.session)
    second.open_account(name="半亩烘焙")

    page = phone.show(account=second.app_id)

    assert re.search(r'aria-current="true">半亩烘焙<', page)
    assert ">半亩茶<" in page


def test_page_without_an_account_or_people_helps(sandbox: Sandbox) -> None:
    sandbox.reset()
    phone = Phone(sandbox.base_url)

    nothing = phone.show()
    sandbox.open_account(name="半亩茶")
    nobody = phone.show()

    assert "还没有公众号" in nothing
    assert "先添加一个人，再扫码" in nobody
    assert requests.get(f"{sandbox.base_url}/stamp", timeout=5).text


def test_gone_person_or_code_leads_to_the_start(phone: Phone) -> None:
    assert "1. 谁在扫" in phone.send("do", do="scan", code="nowhere")
    assert "1. 谁在扫" in phone.send("close", "nobody")


def test_stamp_changes_with_the_chat(sandbox: Sandbox) -> None:
    url = f"{sandbox.base_url}/stamp?account={APP_ID}"
    before = requests.get(url, timeout=5).text

    unchanged = requests.get(url, timeout=5).text
    sandbox.follow("anna")

    assert before == unchanged
    assert requests.get(url, timeout=5).text != before


def test_stamp_without_an_account_is_empty(sandbox: Sandbox) -> None:
    sandbox.reset()

    assert requests.get(f"{sandbox.base_url}/stamp", timeout=5).text == ""


def test_browser_may_load_nothing_from_elsewhere(phone: Phone) -> None:
    page = phone.browser.get(phone.base_url, timeout=5)
    script = requests.get(f"{phone.base_url}/static/phone.js", timeout=5)

    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert not re.search(r"<script(?! src)|\sstyle=|\son\w+=", page.text)
    assert script.headers["Content-Type"].startswith("text/javascript")
    missing = requests.get(f"{phone.base_url}/static/../app.py", timeout=5)
    assert missing.status_code == 404


def test_other_sites_may_not_play(phone: Phone) -> None:
    answer = phone.browser.post(
        f"{phone.base_url}/clock",
        data={"account": APP_ID},
        headers={"Origin": "https://evil.example"},
        timeout=5,
    )

    assert answer.status_code == 403
