"""半亩茶's members: two have bound their WeChat, one was asked and did not."""

from sqlalchemy.orm import Session

from wxchannels import clock
from wxchannels.accounts import accounts
from wxchannels.cli.edge import writing_session
from wxchannels.demo import places
from wxchannels.demo.settings import DemoError
from wxchannels.members import proposals
from wxchannels.members.codes import Asker
from wxchannels.sandbox.remote import Sandbox
from wxchannels.web.wechat import client_for

#: By who holds the phone and follows already.
MEMBERS = {"ajie": "会员 138****2046", "laozhou": "会员 139****7713"}
ASKED = "会员 186****0098"


def bind(session: Session, sandbox: Sandbox) -> None:
    """Let members scan their codes, and confirm them in the chat."""
    for person, member in MEMBERS.items():
        url, digits = _ask_for_code(session, member)
        sandbox.scan(person, url)
        answered = sandbox.message(person, digits)
        if answered.delivery is None or answered.delivery.verdict != "reply":
            raise DemoError(f"{member} could not be bound: {answered}")
    _ask_for_code(session, ASKED)


def _ask_for_code(session: Session, member: str) -> tuple[str, str]:
    """Ask for a code as the API does: plan, ask WeChat, write. Return what is shown."""
    account = accounts.get_account(session, places.SLUG)
    wechat, now = client_for(account), clock.utcnow()
    proposal = proposals.propose(session, account, member)
    session.rollback()
    ticket = wechat.create_qrcode(proposal.request)
    with writing_session():
        made = proposals.record(
            session, account, proposal, ticket, Asker(), link=str, at=now
        )
        code = made.binding.code
        return code.url, code.digits or ""
