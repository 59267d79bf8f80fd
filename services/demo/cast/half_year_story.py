"""Half-year story: people whom something happens to in the half year, and what upstream says of them.

Out:  the cast; the messages of each month, in the order of its days
Holds: the same seed makes the same people, whatever the size of the city around them; what is done
       about them is `half_year_acts`, what came of it is `checks`.
"""

from collections.abc import Iterator

from events.ids import debt_id, disbursement_id
from services.demo.cast.city import PlayedCity
from services.demo.cast.messages import Published
from services.demo.cast.people import Population
from services.demo.cast.story import MonthlyMessages
from services.demo.cast.story_messages import StoryMessages

SERVED_BY = {"2022-05": ("queue-3", "queue-4"), "2022-06": ("queue-5",)}
FRAUD = "ZH-2022-0001"
FRAUD_FLOOR_FEN = 50_000
FRAUD_CASH_FEN = 50_000
_POST_FEN = 296_000


class HalfYearStory:
    """The cast, their applications' keys, and what upstream says of them."""

    def __init__(self, run: str, people: Population, city: PlayedCity) -> None:
        script, told = city.script, city.script.half_year
        assert told is not None, "a script that plays the half year has its section"
        self._told, self._sources = told, script.sources
        paid_from = city.account_for("unemployment_insurance", told.home)
        assert paid_from is not None, "whoever the story is about is paid from an account"
        self.paid_from = paid_from.alias
        """The account that pays whoever the story is about."""
        self.died, self.hired, self.sister, self.brother = (people.person() for _ in range(4))
        self.moved, self.forger = people.person(), people.person()
        self.trainee, self.dropout = (people.person(born=(1999, 2000)) for _ in range(2))
        self.queue = [people.person() for _ in range(5)]
        self.post_unit, self.trainer, self.debtor = (people.firm(900 + n) for n in range(3))
        self.new_account = people.person().account
        self._write = StoryMessages(run, script, told.home, self.paid_from)
        self.messages_by_month: dict[str, MonthlyMessages] = {
            f"2022-{m:02}": MonthlyMessages([], [], []) for m in range(1, 7)
        }
        self._january()
        self._later()

    @property
    def keys(self) -> dict[str, str]:
        """The applications' keys, by the name that the story gives them."""
        return self._write.keys

    @property
    def closed_accounts(self) -> frozenset[str]:
        """Where a payment cannot arrive."""
        return frozenset({self.moved.account})

    @property
    def never_returned(self) -> frozenset[str]:
        """Where no payment comes back by chance."""
        people = [self.died, self.hired, self.sister, self.brother, self.forger, *self.queue]
        units = [self.post_unit, self.trainer, self.debtor]
        return frozenset(
            [self.new_account, *(one.account for one in people), *(one.account for one in units)]
        )

    def messages(self) -> Iterator[Published]:
        """Every message of the story, month by month."""
        for month in self.messages_by_month.values():
            for part in month:
                yield from part

    def _january(self) -> None:
        month = self.messages_by_month["2022-01"]
        for name, person in (("died", self.died), ("hired", self.hired)):
            facts = {
                "ui.status": "不符合领取条件",
                "unemployment.occurred_on": "2021-11-15",
                "months_to_retirement": 150,
            }
            month.applied.append(
                self._write.files(name, person, "unemployment-assistance", "2021-12-20", facts)
            )
        for member in (self.hired, self.sister, self.brother):
            data = {"household": "LJY-2021-006", "person": member.party(), "since": "2021-06-01"}
            month.early.append(
                self._write.events.event(
                    self._sources.civil_affairs, "household.member-joined", data
                )
            )
        for filed in (
            self._write.skill("moved", self.moved, "2022-01-10", "保育师"),
            self._write.skill("forged", self.forger, "2022-01-12", "电工"),
            self._write.internship(
                "advanced", self.trainee, self.trainer, "2022-01-06", ahead=True
            ),
            self._write.internship(
                "unsettled", self.dropout, self.debtor, "2022-01-07", ahead=True
            ),
        ):
            month.applied.append(filed)

    def _later(self) -> None:
        for name, person, more in (
            ("sister", self.sister, []),
            ("brother", self.brother, ["残疾"]),
        ):
            facts = {
                "hardship.category": ["零就业家庭", *more],
                "post.placement": 1,
                "post.term": "基本期限",
                "post.months": ["2022-03", "2022-04"],
                "hardship.severely_disabled": False,
                "months_to_retirement": 220,
                "declared.authorised": True,
                "declared.amount": _POST_FEN,
                "declared.document": f"示例人社批〔2022〕{len(self.keys)}号",
            }
            filed = self._write.files(
                name, person, "welfare-post", "2022-02-25", facts, payee=self.post_unit
            )
            self.messages_by_month["2022-02"].late.append(filed)
        self.messages_by_month["2022-03"].early.append(
            self._write.status(self.hired, "employed", "2022-03-10")
        )
        self.messages_by_month["2022-03"].applied.append(
            self._write.skill("again", self.forger, "2022-03-08", "焊工")
        )
        self.messages_by_month["2022-04"].applied.append(
            self._write.internship("settled", self.trainee, self.trainer, "2022-04-08", ahead=False)
        )
        self.messages_by_month["2022-04"].late.append(
            self._write.status(self.died, "deceased", "2022-03-21")
        )
        for place, (month, day, level) in enumerate(
            (
                ("2022-02", "2022-02-08", "四级"),
                ("2022-02", "2022-02-09", "四级"),
                ("2022-03", "2022-03-09", "四级"),
                ("2022-04", "2022-04-11", "五级"),
                ("2022-05", "2022-05-09", "三级"),
            )
        ):
            person = self.queue[place]
            filed = self._write.skill(
                f"queue-{place + 1}", person, day, "叉车司机", level, self._told.queue.district
            )
            # each with a day of its own: a line serves whom it hears first
            (
                self.messages_by_month[month].applied
                if place % 2
                else self.messages_by_month[month].early
            ).append(filed)
        self.messages_by_month["2022-05"].early.append(
            self._write.repaid(FRAUD, self.forger, FRAUD_CASH_FEN, "2022-05-12", "FC20220512")
        )
        self.looked_at = self._write.looked_at("again")

    def heirs_repay(self, amount: int) -> Published:
        """What came too late is paid back by the heirs, once it is ordered."""
        debt = debt_id(disbursement_id(self.keys["died"], 3), "deceased")
        return self._write.repaid(debt, self.died, amount, "2022-06-10", "FC20220610")
