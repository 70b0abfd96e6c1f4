"""A customer's site whose members bind their WeChat, and a follower's phone."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import pushes
from tests.factories import NOON
from wxchannels.ledger import inbox
from wxchannels.ledger.deliveries import Delivery
from wxchannels.ledger.identity import hash_openid
from wxchannels.members import proposals
from wxchannels.members.codes import Asker
from wxchannels.models import Account, Binding, CodeState, Follower
from wxchannels.wechat.answers import Ticket
from wxchannels.wechat.pushes import parse

PEOPLE = ("anna", "bo", "victim", "stranger")


@dataclass
class Site:
    """Everything through the business's own doors, a commit after each."""

    session: Session
    account: Account
    now: datetime = NOON
    _messages: int = 0
    #: By binding: the tests play WeChat, who alone knows a code's scene.
    scenes: dict[int, str] = field(default_factory=dict)

    def propose(self, member: str = "anna@shop", *, seconds: int = 300) -> int:
        """Return the number of a binding whose code waits to be scanned."""
        proposal = proposals.propose(
            self.session, self.account, member, expire_seconds=seconds
        )
        ticket = Ticket("TICKET", "http://weixin.qq.com/q/x", seconds)
        made = proposals.record(
            self.session,
            self.account,
            proposal,
            ticket,
            Asker(),
            link="http://localhost/confirm/{}".format,
            at=self.now,
        )
        number = made.binding.id
        self.session.commit()
        self.scenes[number] = str(proposal.request.scene)
        return number

    def later(self, **more: float) -> None:
        self.now += timedelta(**more)

    def receive(self, *bodies: bytes) -> list[str]:
        """Return what each push is answered, "" for nothing."""
        deliveries = [
            Delivery(push=parse(body), body=body, received_at=self.now)
            for body in bodies
        ]
        answers = inbox.receive(self.session, self.account.id, deliveries)
        self.session.commit()
        return [str((answer.reply or {}).get("content", "")) for answer in answers]

    def scan(self, number: int, who: str = "anna") -> str:
        return self.receive(self.scan_push(number, who))[0]

    def scan_push(self, number: int, who: str = "anna") -> bytes:
        return pushes.scan(self.scenes[number], openid=who, at=self.now)

    def follow(self, number: int, who: str = "anna") -> str:
        push = pushes.subscribe(self.scenes[number], openid=who, at=self.now)
        return self.receive(push)[0]

    def say(self, words: str, who: str = "anna") -> str:
        return self.receive(self.message(words, who))[0]

    def message(self, words: str, who: str = "anna") -> bytes:
        self._messages += 1
        return pushes.text(words, openid=who, message_id=self._messages)

    def digits(self, number: int) -> str:
        """Return what the web page shows beside the code."""
        digits = self.binding(number).code.digits or ""
        assert re.fullmatch("[0-9]{4}", digits)
        return digits

    def wrong_digits(self, number: int) -> str:
        return "0000" if self.digits(number) != "0000" else "1111"

    def binding(self, number: int) -> Binding:
        self.session.rollback()
        self.session.expire_all()
        binding = self.session.get(Binding, number)
        assert binding
        return binding

    def state(self, number: int) -> CodeState:
        return self.binding(number).code.state_at(self.now)

    def bound(self) -> dict[str, str]:
        """Return who is bound now, as member and openid."""
        self.session.rollback()
        pepper = self.account.pepper
        names = {hash_openid(pepper, name): name for name in PEOPLE}
        query = select(Binding.live_member, Follower.openid_hash).join(
            Follower, Follower.id == Binding.live_follower_id
        )
        return {str(who): names[found] for who, found in self.session.execute(query)}

    def bind(self, member: str = "anna@shop", who: str = "anna") -> int:
        number = self.propose(member)
        self.scan(number, who)
        self.say(self.digits(number), who)
        return number
