"""Everything that is said has Chinese words, and they fit their places."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import wxchannels
from wxchannels import translations

PACKAGE = Path(wxchannels.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "lazy_pgettext": ((1, "c"), 2),
}
NOT_OURS = {"node_modules", "static"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
CATALOGUES = translations.catalogues()


def said() -> Iterator[tuple[str, str | None, str]]:
    """Yield the place, context and msgid of every sentence of the package."""
    extracted = extract_from_dir(
        str(PACKAGE),
        method_map=METHODS,
        options_map={
            "templates/**.html": {"silent": "false", "newstyle_gettext": "true"}
        },
        keywords=KEYWORDS,
        directory_filter=lambda folder: Path(folder).name not in NOT_OURS,
    )
    for path, line, msgid, _comments, context in extracted:
        first = msgid[0] if isinstance(msgid, tuple) else msgid
        if first:
            yield f"{path}:{line}", context, first


def read(path: Path) -> Catalog:
    with path.open("rb") as source:
        return read_po(source, locale="zh")


def messages(path: Path) -> list[Message]:
    return [message for message in read(path) if message.id]


def placeholders(text: object) -> list[set[str]]:
    forms = text if isinstance(text, (tuple, list)) else (text,)
    return [set(PLACEHOLDER.findall(form)) for form in forms]


def test_everything_that_is_said_has_chinese_words() -> None:
    known = {
        (
            message.context,
            message.id[0] if isinstance(message.id, tuple) else message.id,
        )
        for path in CATALOGUES
        for message in messages(path)
        if message.string and (isinstance(message.string, str) or all(message.string))
    }

    missing = [
        f"{place}: {msgid!r}" + (f" ({context})" if context else "")
        for place, context, msgid in said()
        if (context, msgid) not in known
    ]

    assert not missing, "\n" + "\n".join(missing)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-4])
def test_no_translation_is_a_guess(path: Path) -> None:
    guesses = [message.id for message in messages(path) if message.fuzzy]

    assert guesses == []


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-4])
def test_a_translation_fills_in_what_its_sentence_does(path: Path) -> None:
    different = [
        message.id
        for message in messages(path)
        if any(
            names != placeholders(message.id)[-1]
            for names in placeholders(message.string)
        )
    ]

    assert different == []


def test_no_two_areas_say_the_same_sentence_differently() -> None:
    words: dict[tuple[str | None, object], dict[object, str]] = {}
    for path in CATALOGUES:
        for message in messages(path):
            heard = words.setdefault((message.context, message.id), {})
            heard.setdefault(message.string, path.parts[-4])

    contradictions = {key: heard for key, heard in words.items() if len(heard) > 1}

    assert contradictions == {}


def test_catalogue_that_is_being_read_stays_whole(tmp_path: Path) -> None:
    folder = tmp_path / "area" / "zh" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    shutil.copy(CATALOGUES[0], folder)
    translations.compile_all(tmp_path)
    [made] = folder.glob("*.mo")
    before = made.read_bytes()

    with made.open("rb") as reader:
        (folder / "messages.po").write_text('msgid ""\nmsgstr ""\n')
        translations.compile_all(tmp_path)
        assert reader.read() == before

    assert made.read_bytes() != before
    assert {one.name for one in folder.iterdir()} == {"messages.po", "messages.mo"}
