"""What is filled in for whoever reads a reply."""

from dataclasses import replace

import pytest

from wxchannels.channels.variables import Values, fill

VALUES = Values(
    channel="静安寺店 & co", account="半亩茶", date="2026-03-02", openid_tail="1a2b"
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{channel}", "静安寺店 & co"),
        ("{account}·{date}·{openid_tail}", "半亩茶·2026-03-02·1a2b"),
        ("no variables: { } {} {1 } }{", "no variables: { } {} {1 } }{"),
        ("{{date}} is {date}", "{date} is 2026-03-02"),
        ("{later}", "{later}"),
    ],
)
def test_variables_of_a_text_are_filled_in(text: str, said: str) -> None:
    reply = {"kind": "text", "content": text}

    assert fill(reply, VALUES) == {"kind": "text", "content": said}


def test_variables_of_an_address_are_encoded() -> None:
    article = {"title": "{date}", "url": "https://e.example/?from={channel}&b=1"}

    filled = fill({"kind": "news", "articles": [article]}, VALUES)

    assert filled["articles"] == [
        {
            "title": "2026-03-02",
            "url": "https://e.example/?from="
            "%E9%9D%99%E5%AE%89%E5%AF%BA%E5%BA%97%20%26%20co&b=1",
        }
    ]


def test_variables_of_a_link_in_a_text_are_encoded() -> None:
    values = replace(VALUES, channel='"><b> & co')
    text = '{channel}: <a href="https://e.example/?c={channel}">{channel}</a>'

    filled = fill({"kind": "text", "content": text}, values)

    assert filled["content"] == (
        '"＞＜b＞ & co: <a href="https://e.example/?c=%22%3E%3Cb%3E%20%26%20co">'
        '"＞＜b＞ & co</a>'
    )


def test_names_become_neither_markup_nor_variables() -> None:
    values = Values(
        channel='<a href="http://evil">', account="{date}", date="d", openid_tail="o"
    )

    filled = fill({"kind": "text", "content": "{channel} {account}"}, values)

    assert filled["content"] == '＜a href="http://evil"＞ {date}'


def test_names_of_material_are_left_alone() -> None:
    picture = {"kind": "image", "media_id": "{date}"}
    transfer = {"kind": "transfer_customer_service", "account": None}

    assert fill(picture, VALUES) == picture
    assert fill(transfer, VALUES) == transfer
