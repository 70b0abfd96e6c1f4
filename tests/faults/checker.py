"""What must hold after every fault."""

from collections import Counter
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories
from tests.e2e.servers import SECRETS
from tests.faults import script
from tests.faults.load import Load
from tests.faults.product import Product
from tests.ledger.model import table_of
from wxchannels.models import AccessToken, Account, RawPush, ScanEvent, Task, TaskState
from wxchannels.reports.figures import channel_report

#: No word of these may stand in a log.
FORBIDDEN = (
    "Traceback",
    script.OPENID,
    factories.AES_KEY,
    "an app secret",
    *SECRETS.values(),
)


def check(product: Product, load: Load) -> None:
    """Hold the product to its promises about everything that `load` sent."""
    product.wait_until_drained()
    with product.session() as session:
        account = session.scalars(select(Account).filter_by(slug=load.slug)).one()
        stored = _numbers(session, RawPush, account)
        counted = _numbers(session, ScanEvent, account)
        report = channel_report(session, account, script.PERIOD, now=datetime.now(UTC))
        renewing = session.scalars(select(AccessToken.lease_holder)).all()
        leased = session.scalars(select(Task).filter_by(state=TaskState.LEASED)).all()
    assert load.acknowledged - stored.keys() == set()
    assert [number for number, times in stored.items() if times > 1] == []
    assert counted == Counter(filter(script.moves_figures, stored))
    assert table_of(report) == script.figures(set(stored))
    assert [*filter(None, renewing), *leased] == []
    assert f"{load.slug}: numbers and ledger agree\n" in product.run("stats", "check")
    check_logs(product)


def check_logs(product: Product) -> None:
    """Find no secret, no person and no traceback in what the servers wrote."""
    for host in product.hosts:
        for log in host.logs:
            text = log.read_text(encoding="utf-8", errors="replace")
            assert [word for word in FORBIDDEN if word in text] == [], text[-3000:]


def _numbers(
    session: Session, table: type[RawPush | ScanEvent], account: Account
) -> Counter[int]:
    moments = select(table.happened_at).where(table.account_id == account.id)
    return Counter(script.number_at(moment) for moment in session.scalars(moments))
