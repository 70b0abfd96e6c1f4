from sqlalchemy.orm import Session

from tests.web.browser import Browser
from wxchannels.accounts import accounts
from wxchannels.models import Account

LONG = "长" * 700

ARTICLE = {
    "kind": "news",
    "articles": [
        {"title": "Menu", "description": "", "pic_url": "", "url": "https://e.example"}
    ],
}


def stored(session: Session) -> Account:
    session.expire_all()
    return accounts.get_account(session, "main")


def test_each_audience_gets_its_words(signed_in: Browser, session: Session) -> None:
    response = signed_in.send(
        "/main/replies",
        reply_new="你好",
        reply_returning="又见面",
        reply_following="",
    )

    account = stored(session)
    assert response.status_code == 302
    assert account.reply_new == {"kind": "text", "content": "你好"}
    assert account.reply_returning == {"kind": "text", "content": "又见面"}
    assert account.reply_following is None


def test_words_are_shown_as_wechat_shows_them(signed_in: Browser) -> None:
    signed_in.send("/main/replies", reply_new="<b>你好</b>")

    page = signed_in.get("/main/replies").text

    assert page.count("&lt;b&gt;你好&lt;/b&gt;") == 2


def test_emptied_words_mean_no_reply(signed_in: Browser, session: Session) -> None:
    signed_in.send("/main/replies", reply_new="你好")

    signed_in.send("/main/replies", reply_new="")

    assert stored(session).reply_new is None


def test_too_long_words_are_refused_and_kept_in_the_form(
    signed_in: Browser, session: Session
) -> None:
    response = signed_in.send(
        "/main/replies", reply_new="长" * 700, reply_returning="a"
    )

    account = stored(session)
    assert response.status_code == 422
    assert 'id="reply_new-e"' in response.text
    assert LONG in response.text
    assert (account.reply_new, account.reply_returning) == (None, None)


def test_article_stays_while_its_words_are_left_empty(
    signed_in: Browser, session: Session, account: Account
) -> None:
    account.reply_new = ARTICLE
    session.commit()

    signed_in.send("/main/replies", reply_new="", reply_returning="a")

    assert stored(session).reply_new == ARTICLE
