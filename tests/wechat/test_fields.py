import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wechat.samples import HEADER, event, push
from wxchannels.wechat.errors import MalformedPushError
from wxchannels.wechat.pushes import MAX_BYTES, read_fields

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE xml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    b"<xml><Content>&b;</Content></xml>"
)
OUTSIDE = (
    b'<!DOCTYPE xml [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    b"<xml><Content>&f;</Content></xml>"
)
REFUSED_XML = {
    "document type": b"<!DOCTYPE xml><xml><Content>x</Content></xml>",
    "document type from elsewhere": b'<!DOCTYPE xml SYSTEM "http://e/d"><xml><a/></xml>',
    "entities": LAUGHS,
    "file": OUTSIDE,
    "unknown entity": b"<xml><Content>&foo;</Content></xml>",
    "UTF-16": "<xml><Content>x</Content></xml>".encode("utf-16"),
    "UTF-16 without mark": "<xml><Content>x</Content></xml>".encode("utf-16-le"),
    "NUL": b"<xml><Content>a\0b</Content></xml>",
    "NUL by number": b"<xml><Content>&#0;</Content></xml>",
    "half a pair by number": b"<xml><Content>&#xD800;</Content></xml>",
    "not UTF-8": "<xml><Content>渠道</Content></xml>".encode("gbk"),
    "gbk by name": '<?xml version="1.0" encoding="gbk"?><xml><a>渠</a></xml>'.encode(
        "gbk"
    ),
    "depth": b"<xml>" + b"<a>" * 20 + b"</a>" * 20 + b"</xml>",
    "great depth": b"<a>" * 9000 + b"</a>" * 9000,
    "no fields": b"<xml/>",
    "only text": b"<xml>hello</xml>",
    "another root": b"<html><body/></html>",
    "two roots": b"<xml><a/></xml><xml><a/></xml>",
    "not closed": b"<xml><a>",
    "size": b"<xml><a>" + b"x" * MAX_BYTES + b"</a></xml>",
}
REFUSED_JSON = {
    "empty": b"",
    "blank": b" \n",
    "neither": b"hello",
    "list": b"[1]",
    "not closed": b'{"a":1',
    "repeated": b'{"FromUserName":"a","FromUserName":"b"}',
    "repeated inside": b'{"a":{"b":1,"b":2}}',
    "nested header": b'{"FromUserName":{"a":"b"}}',
    "header list": b'{"EventKey":["a","b"]}',
    "depth": b'{"a":' * 20 + b"1" + b"}" * 20,
    "great depth": b'{"a":' + b"[" * 30000 + b"]" * 30000 + b"}",
    "NUL": b'{"Content":"a\\u0000b"}',
    "half a pair": b'{"Content":"\\ud83d"}',
    "half a pair as a name": b'{"\\ud83d":"x"}',
    "UTF-16": '{"a":1}'.encode("utf-16-le"),
    "UTF-32": '{"a":1}'.encode("utf-32-le"),
    "not UTF-8": '{"a":"渠道"}'.encode("gbk"),
    "single quotes": b"{'a':1}",
}


@pytest.mark.parametrize("body", REFUSED_XML.values(), ids=REFUSED_XML)
def test_hostile_xml_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedPushError):
        read_fields(body)


@pytest.mark.parametrize("body", REFUSED_JSON.values(), ids=REFUSED_JSON)
def test_hostile_json_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedPushError):
        read_fields(body)


@pytest.mark.parametrize(
    "name",
    [
        "ToUserName",
        "FromUserName",
        "CreateTime",
        "MsgType",
        "Event",
        "EventKey",
        "Ticket",
        "MsgId",
        "Content",
        "Encrypt",
    ],
)
def test_field_that_decides_may_not_be_repeated_or_nested(name: str) -> None:
    twice = f"<xml><{name}>a</{name}><b/><{name}>c</{name}></xml>".encode()
    nested = f"<xml><{name}>a<b>c</b></{name}></xml>".encode()

    with pytest.raises(MalformedPushError, match=name):
        read_fields(twice)
    with pytest.raises(MalformedPushError, match=name):
        read_fields(nested)


def test_unknown_fields_may_repeat() -> None:
    body = push(
        "event", "<List><a>1</a></List><List><a>2</a></List><List><a>3</a></List>"
    )

    fields = read_fields(body)

    assert fields["List"] == [{"a": "1"}, {"a": "2"}, {"a": "3"}]


def test_the_largest_push_is_read() -> None:
    around = len("<xml><a></a></xml>")
    body = b"<xml><a>" + b"x" * (MAX_BYTES - around) + b"</a></xml>"

    fields = read_fields(body)

    assert len(fields["a"]) == MAX_BYTES - around


def test_text_of_a_message_is_kept_as_it_is() -> None:
    content = "  <!DOCTYPE html> &amp; ]] 你好 😀\n second line \t"

    fields = read_fields(push("text", f"<Content><![CDATA[{content}]]></Content>"))

    assert fields["Content"] == content


def test_cdata_that_was_split_is_one_text() -> None:
    body = push("text", "<Content><![CDATA[a]]]]><![CDATA[>b]]></Content>")

    assert read_fields(body)["Content"] == "a]]>b"


def test_xmls_own_entities_are_text() -> None:
    body = push("text", "<Content>&lt;b&gt; &amp; &#28192;</Content>")

    assert read_fields(body)["Content"] == "<b> & 渠"


def test_layout_order_and_attributes_do_not_matter() -> None:
    plain = read_fields(b"<xml><a>1</a><b>2</b><c></c></xml>")

    laid_out = read_fields(
        b'<?xml version="1.0" encoding="utf-16"?>\n<!-- hello -->\n'
        b'<xml>\n  <c/>\n  <b x="y">2</b><!-- b -->\n  <a><![CDATA[1]]></a>\n</xml>\n'
    )

    assert laid_out == plain == {"a": "1", "b": "2", "c": ""}


def test_empty_fields_are_empty_text_in_both_formats() -> None:
    assert read_fields(b"<xml><a/><b></b><c><![CDATA[]]></c></xml>") == {
        "a": "",
        "b": "",
        "c": "",
    }
    assert read_fields(b'{"a":null,"b":""}') == {"a": "", "b": ""}


def test_json_says_the_same_as_xml() -> None:
    xml = event("subscribe", "qrscene_123", "<MsgID>4711</MsgID><n><x>1</x></n>")
    as_json = {
        "ToUserName": "gh_0123456789ab",
        "FromUserName": "oABCDwxchannelsOPENID0000001",
        "CreateTime": 1348831860,
        "MsgType": "event",
        "Event": "subscribe",
        "EventKey": "qrscene_123",
        "MsgID": 4711,
        "n": {"x": 1},
    }

    assert read_fields(json.dumps(as_json).encode()) == read_fields(xml)


def test_json_numbers_stay_as_they_were_written() -> None:
    body = b'{"big":1234567890123456789012345678901234567890,"f":1.10,"t":true,"n":NaN}'

    assert read_fields(body) == {
        "big": "1234567890123456789012345678901234567890",
        "f": "1.10",
        "t": "true",
        "n": "NaN",
    }


def test_json_may_escape_whole_characters() -> None:
    assert read_fields(b'{"a":"\\ud83d\\ude00 \\u6e20"}') == {"a": "😀 渠"}


@given(st.binary())
def test_any_bytes_are_refused_or_read(body: bytes) -> None:
    try:
        fields = read_fields(body)
    except MalformedPushError:
        return
    json.dumps(fields, ensure_ascii=False).encode()


@given(
    st.text().map(
        lambda inside: f"<xml>{HEADER}{inside}</xml>".encode("utf-8", "replace")
    )
)
def test_any_text_inside_is_refused_or_read(body: bytes) -> None:
    try:
        fields = read_fields(body)
    except MalformedPushError:
        return
    assert fields["FromUserName"]


NAMES = st.text("abcXYZ", min_size=1, max_size=5)
TEXTS = st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs"]), max_size=20
).filter(lambda text: "\ufffe" not in text and "\uffff" not in text)


@given(st.dictionaries(NAMES, TEXTS, min_size=1))
def test_what_another_writer_wrote_is_read(fields: dict[str, str]) -> None:
    root = ET.Element("xml")
    for name, value in fields.items():
        ET.SubElement(root, name).text = value

    assert read_fields(ET.tostring(root, encoding="utf-8")) == fields


VALUES = st.recursive(
    TEXTS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=8
)


@given(st.dictionaries(NAMES, VALUES), st.booleans())
def test_json_of_text_is_read_as_it_was_written(
    fields: dict[str, Any],
    ascii_only: bool,  # noqa: FBT001 - hypothesis gives it
) -> None:
    body = json.dumps(fields, ensure_ascii=ascii_only).encode()

    assert read_fields(body) == fields
