"""Many channels at once, as a browser without scripts sees them."""

import csv
import html
import io
import re
import zipfile
from collections.abc import Callable

import pytest
import responses
from requests import ConnectionError as NetworkError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests import factories, wire
from tests.applications import statements
from tests.web.browser import Browser, hidden_fields, sentences
from wxchannels import clock
from wxchannels.channels import bulk
from wxchannels.channels.check import check_rows
from wxchannels.channels.paste import read_rows
from wxchannels.models import Account, BulkRun, Channel, QRCode, Role, Task, User
from wxchannels.outbox import standing
from wxchannels.worker.runner import run_task


def lines_of(page: str) -> str:
    """Return what the page of the check sends on without being asked."""
    found = re.search(r'name="lines"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert found
    return html.unescape(found[1])


def check(browser: Browser, lines: str, **fields: str) -> str:
    answer = browser.send("/main/bulk", lines=lines, **fields)
    assert answer.status_code == 200
    return answer.text


def start(browser: Browser, lines: str, **fields: str) -> str:
    """Check the lines, order what is good, and return the run's address."""
    kept = lines_of(check(browser, lines))
    answer = browser.send(
        "/main/bulk/start", page="/main/bulk", lines=kept, do="start", **fields
    )
    assert answer.status_code == 302, answer.text
    return answer.location


def go_on(browser: Browser, run: str) -> str:
    answer = browser.send(f"{run}/continue", page=run)
    assert answer.status_code == 303
    return answer.location


def test_check_makes_nothing_and_does_not_ask_wechat(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    page = check(staff, "静安寺店\n徐家汇店")

    assert "2 lines are good" in page
    assert session.scalar(select(func.count(Channel.id))) == 0
    assert wire.asked(wechat) == []


def test_run_is_made_from_paste_to_archive(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    run = start(staff, "静安寺店\t华东/上海\n=1+1\t\t\t\tsecond")

    go_on(staff, run)

    page = sentences(staff.get(run))
    assert "2 codes are made" in page
    archive = zipfile.ZipFile(io.BytesIO(staff.get(f"{run}/codes.zip").data))
    assert archive.namelist() == ["华东/上海/静安寺店.png", "=1+1.png"]
    result = staff.get(f"{run}/result.csv").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(result)))
    assert rows[2][:5] == [
        "2",
        "'=1+1",
        "second",
        "Made",
        "http://localhost/qrcode/main/second.png",
    ]
    session.rollback()
    assert session.scalars(select(BulkRun.finished_at)).one()


def test_archive_of_many_codes_is_read_with_few_questions(
    staff: Browser, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    run = start(staff, "\n".join(f"{name}\tgroup {name}" for name in "abcdefghi"))
    go_on(staff, run)

    with statements() as asked:
        archive = zipfile.ZipFile(io.BytesIO(staff.get(f"{run}/codes.zip").data))

    assert len(archive.namelist()) == 9
    assert len(asked) < 12


def test_channels_made_at_once_have_their_record(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    run = start(staff, "静安寺店\t\t\t\tfirst")

    go_on(staff, run)

    [channel_id] = session.scalars(select(Channel.id))
    page = sentences(staff.get(f"/main/channels/{channel_id}"))
    assert "ann@example.com created a code first" in page
    assert "ann@example.com created the channel" in page


def test_empty_cells_take_the_values_below(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    del wechat
    kept = lines_of(check(staff, "a\nb,own", group="华东", lifetime="30"))
    staff.send("/main/bulk/start", page="/main/bulk", lines=kept, do="start")

    rows = session.scalars(select(Channel).order_by(Channel.id)).all()

    assert [row.group.path for row in rows if row.group] == ["华东", "own"]
    assert [row.qrcodes[0].expire_seconds for row in rows] == [2592000] * 2


def test_file_is_read_instead_of_the_field(staff: Browser) -> None:
    file = (io.BytesIO("名称\n静安寺店".encode("gb18030")), "x.csv")

    answer = staff.send("/main/bulk", file=file)  # type: ignore[arg-type]

    assert "静安寺店" in answer.text
    assert "1 line is good" in answer.text


@pytest.mark.parametrize(
    ("lines", "said"),
    [("", "Paste at least one line"), ("a\n" * 1001, "At most 1,000 lines")],
)
def test_lines_that_make_no_table_are_refused_and_kept(
    staff: Browser, lines: str, said: str
) -> None:
    answer = staff.send("/main/bulk", lines=lines)

    assert answer.status_code == 422
    assert said in sentences(answer)
    assert answer.text.count("\na") >= lines.count("\na") - 1


def test_broken_cells_are_corrected_on_the_page(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    del wechat
    factories.channel(session, "Taken")
    page = check(staff, "Taken\ngood,,,nobody\n<script>alert(1)</script>")
    assert 'name="name-1"' in page
    assert 'name="owner-2"' in page
    assert "<script>alert" not in page
    kept = lines_of(page)

    again = staff.send(
        "/main/bulk/start",
        page="/main/bulk",
        lines=kept,
        do="check",
        **{"name-1": "Free", "owner-2": "ann@example.com"},
    )

    assert "3 lines are good" in again.text
    assert session.scalar(select(func.count(Channel.id))) == 1


def test_lines_with_errors_are_left_out_and_offered_again(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    run = start(staff, "bad,,,nobody\ngood")
    go_on(staff, run)

    page = staff.get(run)
    result = staff.get(f"{run}/result.csv").data.decode("utf-8-sig")
    left = staff.get(f"/main/bulk?left={run.rsplit('/', 1)[1]}")

    assert session.scalars(select(Channel.name)).all() == ["good"]
    why = "Enter the e-mail address of who is in charge."
    assert "1 line with an error was left out" in sentences(page)
    assert f"1 bad {why}" in sentences(page)
    rows = list(csv.reader(io.StringIO(result)))[1:]
    assert [[row[0], row[1], row[3], row[5]] for row in rows] == [
        ["1", "bad", "Left out", why],
        ["2", "good", "Made", ""],
    ]
    assert "nobody" in left.text
    assert "1 line has an error" in check(staff, lines_of(left.text))


def test_acts_are_above_the_lines_too_and_lead_to_those_with_errors(
    staff: Browser,
) -> None:
    page = check(staff, "good\nbad,,,nobody")

    assert page.count('value="start"') == 2
    assert page.index('value="start"') < page.index("<table")
    assert re.findall('href="#(line-.)"', page) == ["line-2"]
    assert page.count('id="line-2"') == 1


def test_name_taken_since_the_check_is_shown(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    del wechat
    kept = lines_of(check(staff, "a\nb"))
    factories.channel(session, "b")

    answer = staff.send("/main/bulk/start", page="/main/bulk", lines=kept, do="check")

    assert "There is already a channel called “b”." in sentences(answer)


def test_lines_that_are_sent_twice_make_one_run(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    del wechat
    factories.channel(session, "Taken")
    kept = lines_of(check(staff, "a\nb\nbad,,,nobody"))
    form = {**hidden_fields(staff.get("/main/bulk")), "lines": kept, "do": "start"}

    answers = [staff.post("/main/bulk/start", data=form) for _ in range(2)]
    other = staff.post("/main/bulk/start", data={**form, "lines": "Taken\na"})

    run_id = session.scalars(select(BulkRun.id)).one()
    leads_to = [answer.location for answer in answers]
    assert leads_to == [f"/main/bulk/{run_id}"] * 2
    assert other.status_code == 422


@pytest.mark.parametrize("lines", ["a", "a\nc", "b\na", "a\nb\n,x"])
def test_other_lines_with_names_of_a_run_are_refused(
    staff: Browser,
    session: Session,
    account: Account,
    wechat: responses.RequestsMock,
    lines: str,
) -> None:
    del wechat
    start(staff, "a\nb")
    [run] = session.scalars(select(BulkRun))
    user = session.get_one(User, run.user_id)
    rows = check_rows(session, account, read_rows(lines))

    found = bulk.find_run_of(session, account, user, rows, now=run.created_at)

    assert found is None


def test_lines_of_an_old_run_or_of_somebody_elses_are_refused(
    staff: Browser, session: Session, account: Account, wechat: responses.RequestsMock
) -> None:
    del wechat
    start(staff, "a\nb")
    [run] = session.scalars(select(BulkRun))
    user = session.get_one(User, run.user_id)
    rows = check_rows(session, account, read_rows("a\nb"))
    other, later = (
        factories.user(session, "other@example.com"),
        run.created_at + bulk.SENT_TWICE,
    )

    found = [
        bulk.find_run_of(session, account, who, rows, now=now)
        for who, now in [
            (user, run.created_at),
            (user, later),
            (other, run.created_at),
        ]
    ]

    assert found == [run.id, None, None]


def test_nothing_good_starts_nothing(staff: Browser, session: Session) -> None:
    kept = lines_of(check(staff, ",a"))

    answer = staff.send("/main/bulk/start", page="/main/bulk", lines=kept, do="start")

    assert answer.status_code == 422
    assert session.scalar(select(func.count(BulkRun.id))) == 0


def test_quota_stops_the_run_with_words_and_it_goes_on_later(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.refuse(wechat, 45009)
    run = start(staff, "a\nb")

    paused = go_on(staff, run)

    assert paused == f"{run}?paused=1"
    page = staff.get(paused)
    assert "used up (error 45009)" in sentences(page)
    assert "hx-post" not in page.text
    assert len(wire.asked(wechat)) == 1
    wechat.remove("POST", wire.CREATE)
    wire.issue(wechat)
    go_on(staff, run)
    session.rollback()
    assert set(session.scalars(select(QRCode.state))) == {"active"}
    assert session.scalar(select(func.count(Channel.id))) == 2


def test_refused_row_does_not_stop_the_others_and_is_tried_again(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.refuse(wechat, 40053, "invalid action info")
    run = start(staff, "a\nb")

    go_on(staff, run)

    page = sentences(staff.get(run))
    assert "2 codes were refused" in page
    assert "Choose a shorter one" in page
    wechat.remove("POST", wire.CREATE)
    wire.issue(wechat)
    staff.send(f"{run}/again", page=run)
    go_on(staff, run)
    session.rollback()
    assert set(session.scalars(select(QRCode.state))) == {"active"}


def test_broken_connection_leaves_rows_waiting(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wechat.post(wire.CREATE, body=NetworkError())
    run = start(staff, "a\nb")

    go_on(staff, run)

    page = sentences(staff.get(run))
    assert "WeChat does not answer" in page
    session.rollback()
    assert set(session.scalars(select(QRCode.state))) == {"pending"}
    assert session.scalars(select(BulkRun.leased_until)).one() is None


def test_progress_is_given_to_htmx_as_a_part_and_a_finished_run_as_a_page(
    staff: Browser, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    run = start(staff, "a")
    htmx = {"HX-Request": "true"}

    part = staff.get(run, headers=htmx)
    go_on(staff, run)
    finished = staff.get(run, headers=htmx)

    assert "<html" not in part.text
    assert "hx-post" in part.text
    assert finished.headers["HX-Refresh"] == "true"


def test_tampered_lines_are_a_bad_request(staff: Browser) -> None:
    answer = staff.send("/main/bulk/start", page="/main/bulk", lines="")

    assert answer.status_code == 400


def test_template_names_the_columns_that_are_read_back(staff: Browser) -> None:
    template = staff.get("/main/bulk/template.csv?lang=zh").data.decode("utf-8-sig")

    page = check(staff, template + "静安寺店,华东,门店,,shop,30天\n")

    assert "1 line is good" in page


def test_another_accounts_run_is_not_found(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    del wechat
    run = start(staff, "a")
    factories.account(session, "other")

    elsewhere = run.replace("/main/", "/other/")

    assert staff.get(elsewhere).status_code == 404
    assert staff.get(f"{elsewhere}/codes.zip").status_code == 404


def test_manager_has_no_business_here(
    browser: Browser, session: Session, account: Account, admit: Callable[..., User]
) -> None:
    factories.membership(session, admit(role=None), account, Role.MANAGER)
    browser.sign_in()

    assert browser.get("/main/bulk").status_code == 404


def test_a_thousand_long_lines_are_checked(staff: Browser) -> None:
    lines = "\n".join(f"{'静' * 58} {n},{'安' * 60},{'寺' * 31}" for n in range(1000))

    assert "1,000 lines are good" in check(staff, lines)


def test_worker_drives_the_run_and_the_page_only_looks(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.issue(wechat)
    standing.see_worker(session, "host:1", now=clock.utcnow())
    session.commit()
    run = start(staff, "a")

    go_on(staff, run)

    with statements() as asked:
        page = staff.get(run)
    assert "hx-get" in page.text
    assert "hx-post" not in page.text
    assert not [one for one in asked if "min(task.due_at)" in one]
    without_script = page.text.partition("<noscript>")[2].partition("</noscript>")[0]
    assert f'href="{run}">Load again</a>' in without_script
    assert "You may close this page" in sentences(page)
    assert wire.asked(wechat) == []


def test_page_says_why_the_worker_waits(
    staff: Browser, session: Session, wechat: responses.RequestsMock
) -> None:
    wire.refuse(wechat, 45009)
    run = start(staff, "a")
    run_task(session.scalars(select(Task.id)).one())

    postponed = sentences(staff.get(run))
    session.execute(update(Task).values(state="parked"))
    session.commit()
    parked = sentences(staff.get(run))

    assert "used up (error 45009)" in postponed
    assert "It is tried again by itself" in postponed
    assert "“Continue” tries it again" in parked
