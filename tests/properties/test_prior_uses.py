"""Earlier benefits: in whatever order and however often files come, the caps end up the same."""

from datetime import UTC, date, datetime
from random import Random
from uuid import NAMESPACE_URL, uuid5

from hypothesis import given, settings
from hypothesis import strategies as st

from events import streams
from events.envelope import Asked
from events.status import PriorUseRecorded
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.prior_uses.checking import check
from services.prior_uses.importing import commands_for
from services.runtime.vault.marks import PartyId
from services.streams.in_memory import InMemoryLedger
from tests.given_when_then import applies, certificate, policies
from tests.prior_use_files import as_csv, prior_use_row

TODAY = date(2022, 9, 1)
NOW = datetime(2022, 9, 1, 2, tzinfo=UTC)
PEOPLE = 3

ROWS = st.builds(
    lambda who, occupation, level, year, document, amount: prior_use_row(
        who,
        occupation=occupation,
        level=level,
        year=str(year),
        granted_on=f"{year}-03-0{who}",
        certificate=f"S{who}{occupation}{level}",
        document=f"文{document}",
        amount=amount,
    ),
    st.integers(1, PEOPLE),
    st.sampled_from(["电工", "钳工", "焊工"]),
    st.sampled_from(["五级", "四级"]),
    st.sampled_from([2021, 2022]),
    st.integers(1, 2),
    st.sampled_from(["1500.00", "2000.00"]),
)


def asked(rows: list[list[str]]) -> list[Asked]:
    """The commands of one released file."""
    checked = check(as_csv(rows), "211202", policies(), TODAY)
    tokens: dict[PartyId, str] = {use.party[:2]: token(use.party.id) for use in checked.uses}
    commands = commands_for(checked, tokens, TODAY, NOW)
    return [command for command in commands if streams.kind(command.stream) == "beneficiary"]


def token(number: str) -> str:
    """A token that a vault would have given."""
    return f"p{uuid5(NAMESPACE_URL, number).hex}"


def counters(ledger: InMemoryLedger) -> dict[str, object]:
    """What the caps of each person know."""
    found: dict[str, object] = {}
    for fact in ledger.facts:
        state = ledger.store.state(fact.stream)
        assert isinstance(state, BeneficiaryState)
        taken = state.approvals.caps.taken
        found[fact.stream] = {use: sorted(numbers) for use, numbers in taken.items()}
    return found


@given(st.lists(ROWS, min_size=1, max_size=12), st.integers(0, 10**6))
@settings(max_examples=60, deadline=None)
def test_order_repeats_and_cutting_into_files_do_not_matter(
    rows: list[list[str]], seed: int
) -> None:
    chance = Random(seed)
    whole = InMemoryLedger(policies())
    whole.ask(asked(rows))

    shuffled = chance.sample(rows, len(rows))
    cut = chance.randint(0, len(rows))
    files = [part for part in (shuffled[:cut], shuffled[cut:], rows[: cut + 1]) if part]
    pieces = InMemoryLedger(policies())
    for part in files + chance.choices(files, k=2):
        pieces.ask(asked(part))
    pieces.ask(asked(rows))

    assert counters(pieces) == counters(whole)
    naive = {tuple(row) for row in rows}
    recorded = [fact for fact in pieces.facts if isinstance(fact.body, PriorUseRecorded)]
    assert len(recorded) == len(naive)


@given(st.lists(ROWS, min_size=1, max_size=8, unique_by=tuple))
@settings(max_examples=40, deadline=None)
def test_the_caps_are_right_on_day_one(rows: list[list[str]]) -> None:
    """A naive count from the rows says what the first application of the day may still get."""
    ledger = InMemoryLedger(policies())
    ledger.ask(asked(rows))
    for row in rows:
        number, occupation, level = row[0], row[4], row[5]
        mine = [other for other in rows if other[0] == number]
        this_year = sum(other[3] == "2022" for other in mine)
        key_used = any((other[4], other[5]) == ("车工", "三级") for other in mine)
        fresh = applies("new", certificate("车工", "三级"), payee=token(number))
        again = applies("again", certificate(occupation, level), payee=token(number))
        stream = streams.beneficiary(token(number))
        trial = InMemoryLedger(policies())
        trial.record(fact for fact in ledger.facts if fact.stream == stream)
        ids = (str(uuid5(NAMESPACE_URL, f"{number}{n}")) for n in range(2))
        day = date(2022, 8, 12)
        for application, allowed in ((again, False), (fresh, this_year < 3 and not key_used)):
            facts = trial.ask([Asked(next(ids), stream, NOW, day, "test", application)])
            kinds = [type(fact.body).__name__ for fact in facts]
            assert ("ApprovalProposed" in kinds) == allowed, (row, kinds)
