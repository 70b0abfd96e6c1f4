"""The page with the account's default replies: every kind, refused at the field."""

import re

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.web.browser import Browser, sentences, undo_address
from wxchannels.accounts import accounts
from wxchannels.models import Account

LONG = "长" * 700
LINK = "https://e.example/menu"
PAGE = "/main/replies"
ARTICLE = {
    "kind": "news",
    "articles": [
        {"title": "Menu", "description": "", "pic_url": "", "url": "https://e.example"}
    ],
}
#: What is typed, and what is stored of it.
KINDS = [
    ({"kind": "text", "content": "你好"}, {"kind": "text", "content": "你好"}),
    ({"kind": "image", "media_id": " m "}, {"kind": "image", "media_id": "m"}),
    ({"kind": "voice", "media_id": "m"}, {"kind": "voice", "media_id": "m"}),
    (
        {"kind": "video", "media_id": "m", "title": "t", "content": "left over"},
        {"kind": "video", "media_id": "m", "title": "t", "description": ""},
    ),
    (
        {"kind": "music", "thumb_media_id": "m", "music_url": LINK},
        {
            "kind": "music",
            "thumb_media_id": "m",
            "title": "",
            "description": "",
            "music_url": LINK,
            "hq_music_url": "",
        },
    ),
    (
        {"kind": "news", "title": "t", "url": LINK, "description": "d"},
        {
            "kind": "news",
            "articles": [
                {"title": "t", "url": LINK, "description": "d", "pic_url": ""}
            ],
        },
    ),
    (
        {"kind": "transfer_customer_service", "account": ""},
        {"kind": "transfer_customer_service", "account": None},
    ),
]


def stored(session: Session) -> Account:
    session.rollback()
    return accounts.get_account(session, "main")


def typed(audience: str = "reply_new", **parts: str) -> dict[str, str]:
    return {f"{audience}-{name}": text for name, text in parts.items()}


def test_each_audience_gets_its_words(signed_in: Browser, session: Session) -> None:
    words = {
        **typed("reply_new", content="你好"),
        **typed("reply_returning", content="又见面"),
    }

    response = signed_in.send("/main/replies", **words)

    account = stored(session)
    assert response.status_code == 302
    assert account.reply_new == {"kind": "text", "content": "你好"}
    assert account.reply_returning == {"kind": "text", "content": "又见面"}
    assert account.reply_following is None


@pytest.mark.parametrize(("fields", "reply"), KINDS, ids=lambda case: case["kind"])
def test_every_kind_is_stored_and_shown_in_its_fields_again(
    signed_in: Browser,
    session: Session,
    fields: dict[str, str],
    reply: dict[str, object],
) -> None:
    signed_in.send("/main/replies", **typed(**fields))

    assert stored(session).reply_new == reply
    page = signed_in.get("/main/replies")
    again = signed_in.send(
        "/main/replies", **typed(**{**fields, "kind": fields["kind"]})
    )
    assert f'<option selected value="{fields["kind"]}">' in page.text
    assert again.status_code == 302
    assert stored(session).reply_new == reply


def test_words_are_shown_as_wechat_shows_them(signed_in: Browser) -> None:
    signed_in.send("/main/replies", **typed(content="<b>你好</b>"))

    page = signed_in.get("/main/replies").text

    assert page.count("&lt;b&gt;你好&lt;/b&gt;") == 2


def test_preview_of_a_refused_reply_says_why(signed_in: Browser) -> None:
    signed_in.set_cookie("lang", "en")

    page = signed_in.send("/main/replies", **typed(content="茶" * 1400))

    [seen, *others] = re.findall(r'class="reply-seen".*?</div>', page.text, re.DOTALL)
    assert page.status_code == 422
    assert "This reply is too long" in seen
    assert all("No reply" in other for other in others)


def test_emptied_words_mean_no_reply(
    signed_in: Browser, session: Session, account: Account
) -> None:
    account.reply_new = ARTICLE
    session.commit()

    signed_in.send("/main/replies", **typed(kind="text", content=""))

    assert stored(session).reply_new is None


@pytest.mark.parametrize(
    ("fields", "part", "words"),
    [
        ({"content": LONG}, "content", "too long: 2048 bytes"),
        ({"content": "a\x01"}, "content", "cannot show"),
        ({"content": "{shop}"}, "content", "There is no {shop} here"),
        ({"content": "{channel}"}, "content", "Fill this in"),
        ({"content": "{channel}" + "a" * 1800}, "content", "longest names"),
        ({"kind": "image", "media_id": " "}, "media_id", "Fill this in"),
        ({"kind": "voice"}, "media_id", "Fill this in"),
        ({"kind": "music", "title": "t"}, "thumb_media_id", "Fill this in"),
        (
            {"kind": "video", "media_id": "m", "description": LONG},
            "description",
            "too long: 1024 bytes",
        ),
        ({"kind": "news", "url": LINK}, "title", "Fill this in"),
        (
            {"kind": "news", "title": "t", "url": "javascript:alert(1)"},
            "url",
            "begins with http",
        ),
        (
            {"kind": "news", "title": "t", "url": LINK, "pic_url": "https://"},
            "pic_url",
            "begins with http",
        ),
        (
            {"kind": "news", "title": "t", "url": "https://a/{channel}" + "b" * 300},
            "url",
            "longest names",
        ),
        ({"kind": "poem"}, "kind", "look at “kind”"),
    ],
)
def test_what_wechat_cannot_show_is_refused_at_its_field_and_stays_there(
    reader: Browser, session: Session, fields: dict[str, str], part: str, words: str
) -> None:
    response = reader.send(
        "/main/replies", **typed(**fields), **typed("reply_returning", content="a")
    )

    account = stored(session)
    assert response.status_code == 422
    assert f'id="reply_new-{part}-e"' in response.text
    assert words in sentences(response)
    assert all(
        text.strip() in response.text
        for text in fields.values()
        if text not in {"a\x01", "poem"}
    )
    assert (account.reply_new, account.reply_returning) == (None, None)


def test_preview_shows_what_is_typed_and_fills_it_in(reader: Browser) -> None:
    reply = typed(content="Hello from {account}, {channel}")

    page = reader.send(
        "/main/replies/preview?of=reply_new&channel=Counter",
        page="/main/replies",
        **reply,
    )

    assert "Hello from 半亩茶, Counter" in page.text


def test_preview_says_why_there_is_none(reader: Browser) -> None:
    page = reader.send(
        "/main/replies/preview?of=reply_new",
        page="/main/replies",
        **typed(kind="image"),
    )

    assert "Fill this in" in page.text


def test_replies_are_put_back_as_they_were(
    signed_in: Browser, session: Session, account: Account
) -> None:
    account.reply_new = ARTICLE
    session.commit()
    signed_in.send(PAGE, **typed(content="a"))

    address = undo_address(signed_in.get(PAGE))
    signed_in.send(address, page=PAGE)

    assert stored(session).reply_new == ARTICLE
    signed_in.send(PAGE, **typed(content="b"))
    signed_in.send(address, page=PAGE)
    assert stored(session).reply_new == {"kind": "text", "content": "b"}


def test_replies_that_somebody_changed_since_are_not_overwritten(
    signed_in: Browser, session: Session, account: Account
) -> None:
    signed_in.send(PAGE, **typed(content="a"))
    account.reply_new = ARTICLE
    session.commit()

    signed_in.undo(PAGE)

    assert stored(session).reply_new == ARTICLE
    assert "之后又有人改过回复" in sentences(signed_in.get(PAGE))


def test_replies_of_another_account_are_not_brought_here(
    signed_in: Browser, session: Session, account: Account
) -> None:
    account.reply_new = ARTICLE
    factories.account(session, "other")
    signed_in.send(PAGE, **typed(content="a"))
    address = undo_address(signed_in.get(PAGE))

    signed_in.send(address.replace("main", "other"), page="/other/replies")

    session.expire_all()
    assert accounts.get_account(session, "other").reply_new is None
