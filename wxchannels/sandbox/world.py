"""Everything the sandbox knows, behind one lock."""

import base64
import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from wxchannels.sandbox.accounts import Account
from wxchannels.sandbox.clock import SettableClock
from wxchannels.sandbox.errors import UnknownThingError
from wxchannels.sandbox.relations import Relation


@dataclass
class Person:
    """Somebody with a phone; for every account they have another openid."""

    person_id: str
    name: str
    #: Whether the phone page offers them; crowds of a script are not shown.
    is_on_phone: bool = True
    openids: dict[str, str] = field(default_factory=dict)


class World:
    """The accounts, the people and the time."""

    def __init__(self, clock: SettableClock) -> None:
        self.clock = clock
        self.accounts: dict[str, Account] = {}
        self.people: dict[str, Person] = {}
        #: Grows with every change, so that a snapshot knows when it is old.
        self.version = 0
        self._lock = threading.RLock()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Keep everybody else out while something changes."""
        with self._lock:
            self.version += 1
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Keep everybody else out while something is looked at."""
        with self._lock:
            yield

    def get_account(self, app_id: str) -> Account:
        """Return the account with this AppID."""
        if app_id not in self.accounts:
            raise UnknownThingError("account", app_id)
        return self.accounts[app_id]

    def get_person(self, person_id: str) -> Person:
        """Return the person with this name in the control API."""
        if person_id not in self.people:
            raise UnknownThingError("person", person_id)
        return self.people[person_id]

    def meet(self, person_id: str) -> Person:
        """Return the person, who comes into being if nobody spoke of them before."""
        return self.people.setdefault(
            person_id, Person(person_id, person_id, is_on_phone=False)
        )

    def relation(self, account: Account, person: Person) -> Relation:
        """Return what `person` and `account` have in common, from now on if not yet."""
        openid = person.openids.setdefault(
            account.app_id, make_openid(account.app_id, person.person_id)
        )
        if openid not in account.relations:
            account.relations[openid] = Relation(openid, person.person_id)
        return account.relations[openid]

    def clear(self) -> None:
        """Forget everything."""
        self.accounts.clear()
        self.people.clear()


def make_openid(app_id: str, person_id: str) -> str:
    """Return a person's openid: the same for ever, another for every account."""
    digest = hashlib.sha256(f"{app_id}\0{person_id}".encode()).digest()
    return "o" + base64.urlsafe_b64encode(digest).decode()[:27]
