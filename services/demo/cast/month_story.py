"""Month story: people whom something happens to in one month of a city, and what upstream says of them.

Out:  the cast; the messages of the month, in the order of its days
Holds: the same seed makes the same people, whatever the size of the city around them; what came of it
       is read by `checks.month_scenes`.
"""

from collections.abc import Iterator

from events.contract.inbound.identity import Account
from services.demo.cast.claim_drafts import ClaimDraft
from services.demo.cast.messages import Published, submitted
from services.demo.cast.people import InventedFirm, InventedPerson, Population
from services.demo.cast.script import MonthScript, Script, ToldClaim
from services.demo.cast.story import MonthlyMessages
from services.demo.cast.story_messages import StoryMessages

_FIRST_FIRM = 900


class MonthStory:
    """The cast, their applications' keys, and what upstream says of them."""

    def __init__(self, run: str, people: Population, script: Script) -> None:
        told = script.month
        assert told is not None, "a script that plays a month has its section"
        self._people = people
        self._write = StoryMessages(run, script)
        self._persons: dict[str, InventedPerson] = {}
        self._firms: dict[str, InventedFirm] = {}
        self._new_account = people.person().account
        self.foreign = self._filed_from_elsewhere(script, told)
        """What a system files for a district that is not its own; it is refused by name."""
        self.month = script.calendar.first.name
        filed: dict[str, list[Published]] = {"early": [], "applied": [], "late": []}
        for claim in told.claims:
            filed[claim.comes].append(self._filed(claim))
        job = told.job
        filed["early"].append(
            self._write.status(self._person(job.who), "employed", job.since.isoformat())
        )
        self.messages_by_month = {self.month: MonthlyMessages(**filed)}

    @property
    def keys(self) -> dict[str, str]:
        """The applications' keys, by the name that the story gives them."""
        return self._write.keys

    @property
    def closed_accounts(self) -> frozenset[str]:
        """Where a payment cannot arrive."""
        return frozenset({self._person("moved").account})

    @property
    def never_returned(self) -> frozenset[str]:
        """Where no payment comes back by chance."""
        sound = [one.account for name, one in self._persons.items() if name != "moved"]
        units = [one.account for one in self._firms.values()]
        return frozenset([self._new_account, *sound, *units])

    @property
    def corrected_account(self) -> Account:
        """Where the one who moved is paid in the end."""
        moved = self._person("moved")
        return Account(moved.bank, self._new_account, moved.name)

    def messages(self) -> Iterator[Published]:
        """Every message of the story."""
        for part in self.messages_by_month[self.month]:
            yield from part

    def _filed(self, claim: ToldClaim) -> Published:
        who = self._firm(claim.who) if claim.unit else self._person(claim.who)
        return self._write.files(
            claim.name,
            who,
            claim.programme,
            claim.on.isoformat(),
            claim.stated(),
            payee=self._firm(claim.payee) if claim.payee else None,
            region=claim.district,
        )

    def _filed_from_elsewhere(self, script: Script, told: MonthScript) -> Published:
        sample = next(one for one in script.samples if one.programme == told.slips.programme)
        draft = ClaimDraft(
            self._people.person(),
            sample.programme,
            told.foreign.district,
            sample.last_on,
            "hall",
            sample.stated(0),
        )
        data = submitted(draft, f"{script.numbers}-FOREIGN")
        return self._write.events.event(told.foreign.source, "application.submitted", data)

    def _person(self, name: str) -> InventedPerson:
        if name not in self._persons:
            self._persons[name] = self._people.person(born=(1975, 1999))
        return self._persons[name]

    def _firm(self, name: str) -> InventedFirm:
        if name not in self._firms:
            self._firms[name] = self._people.firm(_FIRST_FIRM + len(self._firms))
        return self._firms[name]
