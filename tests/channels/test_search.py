"""Finding channels."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories
from tests.factories import NOON
from wxchannels.channels import channels, search
from wxchannels.channels.fields import ChannelFields
from wxchannels.channels.search import BadSortError, BadStateError, Filters, ListState
from wxchannels.models import Account, Lifetime, QRCodeState, Role


def put(session: Session, account: Account, name: str, **fields: object) -> int:
    given = ChannelFields(name=name, **fields)  # type: ignore[typeddict-item]
    channel = channels.open_channel(session, account, given, at=NOON)
    session.commit()
    return channel.id


def found(session: Session, account: Account, **filters: object) -> list[str]:
    page = search.list_channels(
        session,
        account,
        Filters(**filters),  # type: ignore[arg-type]
        now=NOON,
        sort="created_at",
    )
    return sorted(channel.name for channel in page.items)


@pytest.mark.parametrize(
    "words",
    ["静安", "jingan", "JINGANSI", "jas", "xu@", "SH-JING", "静安 jasd xu", "收银"],
)
def test_channel_is_found_by_name_pinyin_initials_owner_and_scene(
    session: Session, account: Account, words: str
) -> None:
    number = put(session, account, "静安寺店·收银台", owner="xu@example.com")
    of = channels.get_channel(session, account, number)
    factories.qrcode(session, "sh-jing-01", of=of)
    put(session, account, "Poster", owner="li@example.com")

    assert found(session, account, search=words) == ["静安寺店·收银台"]


@pytest.mark.parametrize("everywhere", [None, Role.MANAGER])
def test_channel_is_found_by_its_owner_s_name_where_they_may_read(
    session: Session, account: Account, everywhere: Role | None
) -> None:
    user = factories.user(session, "xu@x.cn", role=everywhere, name="徐青")
    other = factories.account(session, "other")
    factories.membership(session, user, other, Role.MANAGER)
    for place in (account, other):
        put(session, place, "Door", owner=user.email)

    assert found(session, other, search="徐青") == ["Door"]
    assert found(session, account, search="徐青") == (["Door"] if everywhere else [])


@pytest.mark.parametrize("words", ["100%", "_", "%", "\\"])
def test_signs_of_the_database_are_letters_to_people(
    session: Session, account: Account, words: str
) -> None:
    put(session, account, f"a{words}b")
    put(session, account, "Plain")

    assert found(session, account, search=words) == [f"a{words}b"]


@pytest.mark.parametrize("words", ["\x00", "a\x00b", "x" * 5000, "\ud800", " " * 9])
def test_nonsense_finds_nothing_and_breaks_nothing(
    session: Session, account: Account, words: str
) -> None:
    put(session, account, "Counter")

    assert len(found(session, account, search=words)) <= 1


def test_group_brings_what_is_below_it(session: Session, account: Account) -> None:
    put(session, account, "a", group="x")
    put(session, account, "b", group="x/y")
    put(session, account, "c", group="xy")
    put(session, account, "d")

    assert found(session, account, group="x") == ["a", "b"]
    assert found(session, account, group=search.NO_GROUP) == ["d"]


def test_tag_brings_those_who_wear_it(session: Session, account: Account) -> None:
    put(session, account, "a", tags=["x", "y"])
    put(session, account, "b", tags=["xy"])

    assert found(session, account, tag="x") == ["a"]


def test_states_follow_from_the_channel_and_its_codes(
    session: Session, account: Account
) -> None:
    def coded(name: str, *ends_in_days: float | None) -> None:
        of = channels.get_channel(session, account, put(session, account, name))
        for number, days in enumerate(ends_in_days):
            ends = None if days is None else NOON + timedelta(days=days)
            life = Lifetime.PERMANENT if days is None else Lifetime.TEMPORARY
            factories.qrcode(
                session,
                f"{name}-{number}",
                of=of,
                lifetime=life,
                expire_seconds=60 if ends else None,
                expires_at=ends,
            )

    coded("for ever", None)
    coded("renewed", -1, None)
    coded("long", 8)
    coded("ending", 6)
    coded("ended", -1)
    coded("at this moment", 0)
    coded("without")
    factories.channel(session, "put away", state="archived")
    factories.channel(session, "off", state="disabled")
    living = ["ending", "for ever", "long", "renewed", "without"]

    assert found(session, account, state=ListState.ACTIVE) == living
    assert found(session, account, state=ListState.EXPIRING) == ["ending"]
    assert found(session, account, state=ListState.EXPIRED) == [
        "at this moment",
        "ended",
    ]
    assert found(session, account, state=ListState.DISABLED) == ["off"]
    assert found(session, account, state=ListState.ARCHIVED) == ["put away"]
    assert len(found(session, account)) == 8
    assert len(found(session, account, with_archived=True)) == 9


def test_disabled_code_keeps_no_channel_alive(
    session: Session, account: Account
) -> None:
    of = channels.get_channel(session, account, put(session, account, "a"))
    factories.qrcode(session, "new", of=of, state=QRCodeState.DISABLED)
    factories.qrcode(
        session,
        "old",
        of=of,
        lifetime=Lifetime.TEMPORARY,
        expire_seconds=60,
        expires_at=NOON - timedelta(days=1),
    )

    assert found(session, account, state=ListState.EXPIRED) == ["a"]


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["静安", "上海", "外卖"]),
        ("-name", ["外卖", "上海", "静安"]),
        ("created_at", ["上海", "外卖", "静安"]),
        ("-created_at", ["静安", "外卖", "上海"]),
    ],
)
def test_list_is_sorted_by_pinyin_or_age(
    session: Session, account: Account, sort: str, names: list[str]
) -> None:
    for hours, name in enumerate(["上海", "外卖", "静安"]):
        channel = channels.get_channel(session, account, put(session, account, name))
        channel.created_at = NOON + timedelta(hours=hours)
    session.commit()

    page = search.list_channels(session, account, Filters(), now=NOON, sort=sort)

    assert [channel.name for channel in page.items] == names


@pytest.mark.parametrize("sort", ["", "id; DROP TABLE", "--name", "app_secret"])
def test_list_is_not_sorted_by_anything_else(
    session: Session, account: Account, sort: str
) -> None:
    with pytest.raises(BadSortError):
        search.list_channels(session, account, Filters(), now=NOON, sort=sort)


def test_unknown_state_is_refused() -> None:
    assert search.parse_state("") is None
    assert search.parse_state("active") is ListState.ACTIVE
    with pytest.raises(BadStateError):
        search.parse_state("asleep")


@pytest.mark.parametrize(
    ("page", "size", "names", "shown"),
    [
        (1, 2, ["a", "b"], 1),
        (3, 2, ["e"], 3),
        (9, 2, ["e"], 3),
        (-1, 2, ["a", "b"], 1),
        (2**70, 0, ["e"], 5),
    ],
)
def test_pages_end_where_the_list_ends(
    session: Session,
    account: Account,
    page: int,
    size: int,
    names: list[str],
    shown: int,
) -> None:
    for name in "abcde":
        put(session, account, name)

    result = search.list_channels(
        session, account, Filters(), now=NOON, sort="name", page=page, page_size=size
    )

    assert [channel.name for channel in result.items] == names
    assert (result.page, result.total) == (shown, 5)


def test_another_accounts_channels_are_not_found(
    session: Session, account: Account
) -> None:
    put(session, factories.account(session, "other"), "Counter")

    assert found(session, account, search="Counter") == []
