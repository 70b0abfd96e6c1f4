"""Links in the text of a message."""

import pytest

from wxchannels.wechat.links import (
    Link,
    has_broken_mini_program,
    mini_program_links,
    split_links,
)

PAGE = 'href="https://tea.example/?a=1&b=2"'
MINI = 'data-miniprogram-appid="wx0123456789abcdef"'
PATH = 'data-miniprogram-path="pages/index?shop=1"'
READ = Link(
    words="点单",
    href="https://tea.example/?a=1&b=2",
    app_id="wx0123456789abcdef",
    path="pages/index?shop=1",
)


def test_text_is_cut_at_its_links() -> None:
    text = f"看<a {PAGE}>网页</a>，或<a {PAGE} {MINI} {PATH}>点单</a>"

    assert list(split_links(text)) == [
        "看",
        Link(words="网页", href=READ.href),
        "，或",
        READ,
        "",
    ]
    assert mini_program_links(text) == [READ]
    assert not has_broken_mini_program(text)


@pytest.mark.parametrize(
    "attributes",
    [
        f"{PAGE} {MINI} {PATH}",
        f"{PATH}\n{MINI}  {PAGE} ",
        f"{PAGE} {MINI} {PATH}".replace('"', "'"),
        f"{PAGE} {MINI} {PATH}".replace("=", " = ", 1),
    ],
)
def test_attributes_come_in_any_order(attributes: str) -> None:
    assert mini_program_links(f"<a {attributes}>点单</a>") == [READ]


def test_quote_of_the_other_kind_is_part_of_a_path() -> None:
    path = PATH.replace("shop=1", "shop=it's")

    [link] = mini_program_links(f"<a {MINI} {path}>点单</a>")

    assert link.path == "pages/index?shop=it's"


def test_page_for_old_versions_is_not_needed() -> None:
    [link] = mini_program_links(f"<a {MINI} {PATH}>点单</a>")

    assert (link.href, link.app_id) == ("", "wx0123456789abcdef")


@pytest.mark.parametrize(
    "text",
    [
        f"<a {PAGE} {MINI}>点单</a>",
        f"<a {PAGE} {PATH}>点单</a>",
        f'<a {PAGE} {MINI} data-miniprogram-path="">点单</a>',
        f"<a {PAGE} {MINI} {PATH} onclick='x()'>点单</a>",
        f"<a {PAGE} {MINI} {MINI} {PATH}>点单</a>",
        f'<a href="javascript:alert(1)" {MINI} {PATH}>点单</a>',
        f"<a {PAGE} {MINI} {PATH}>点单",
        f"<a {PAGE} {MINI} {PATH}></a>",
        f"<a {PAGE} {MINI} {PATH}><b>点单</b></a>",
        f"<a {PAGE} {MINI} {PATH}>点单</a>".replace('"', "“"),
        f"<A {PAGE} {MINI.upper()} {PATH}>点单</A>",
        f"<a{PAGE} {MINI} {PATH}>点单</a>",
    ],
)
def test_what_is_written_otherwise_is_text(text: str) -> None:
    assert list(split_links(text)) == [text]
    assert has_broken_mini_program(text)


def test_hostile_text_is_read_in_no_time() -> None:
    for text in ("<a " + "a='b' " * 40_000, "<a" + " " * 200_000, "<a a=" * 50_000):
        assert list(split_links(text)) == [text]
