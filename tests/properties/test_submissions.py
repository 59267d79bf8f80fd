"""Employers' batches: one result when every line has its answer, over wires that delay and repeat."""

from random import Random
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from events import streams
from events.applications import DecideApplication
from events.approvals import ReviewApplication
from events.budgets import AllocateBudget, CloseLine
from events.envelope import Recorded
from events.submissions import (
    DIGEST_LENGTH,
    AcceptedLine,
    OpenSubmission,
    RefusedLine,
    SubmissionClosed,
    SubmissionDecided,
    SubmissionLineAnswered,
    SubmissionOpened,
)
from services.deciders.submission.state import SubmissionState
from services.streams.in_memory import replayed
from tests.delaying_network import Network
from tests.given_when_then import ARRIVED, LINE_2022, applies, certificate, policies, withdraws

BATCH = "district:batch"
STREAM = streams.submission(BATCH)
FEN = 150_000
OCCUPATIONS = ("电工", "钳工", "焊工", "车工", "铣工")


class Line(NamedTuple):
    """One line that an employer sends: whose, for which certificate, readable or not."""

    person: int
    occupation: int
    readable: bool
    dated: bool


class Script(NamedTuple):
    """A batch, how it is sent again, who takes back a line, and how much money there is."""

    lines: tuple[Line, ...]
    again: int
    withdrawn: tuple[int, ...]
    reviewed: bool
    places: int
    year_ends: bool
    seed: int


LINES = st.builds(Line, st.integers(0, 3), st.integers(0, 4), st.booleans(), st.booleans())
SCRIPTS = st.builds(
    Script,
    st.lists(LINES, min_size=1, max_size=8).map(tuple),
    st.integers(0, 2),
    st.lists(st.integers(1, 8), max_size=2, unique=True).map(tuple),
    st.booleans(),
    st.integers(0, 8),
    st.booleans(),
    st.integers(0, 10**6),
)


def claim(number: int, line: Line) -> DecideApplication:
    """What a line claims; one whose certificate has no day must be judged by a person."""
    facts = certificate(OCCUPATIONS[line.occupation])
    if not line.dated:
        del facts["certificate.issued_on"]
    return applies(f"batch:{number}", facts, payee=f"person-{line.person}-token")


def beneficiary(line: Line) -> str:
    """Whose history a line belongs to."""
    return streams.beneficiary(f"person-{line.person}-token")


def opened(lines: tuple[Line, ...]) -> OpenSubmission:
    """The batch as intake tells it."""
    return OpenSubmission(
        submission=BATCH,
        programme="skill-upgrade",
        region="211202",
        applied_on=claim(1, lines[0]).stated.applied_on,
        channel="employer",
        employer="",
        accepted=tuple(
            AcceptedLine(no=n, line=str(n), digest=claim(n, line).digest[:DIGEST_LENGTH])
            for n, line in enumerate(lines, 1)
            if line.readable
        ),
        refused=tuple(
            RefusedLine(no=n, line=str(n), code="WRONG_PERSON_ID", field="data.lines")
            for n, line in enumerate(lines, 1)
            if not line.readable
        ),
        arrived=ARRIVED,
    )


def play(script: Script) -> Network:
    """Send it all over the wires, and let everything come to rest."""
    chance, network = Random(script.seed), Network(policies())
    if script.places:
        money = AllocateBudget(document="拨款", amount=script.places * FEN)
        network.ask(LINE_2022, money, "city")
    for turn in range(script.again + 1):
        network.ask(STREAM, opened(script.lines), f"intake-{turn}")
        for number, line in enumerate(script.lines, 1):
            if line.readable:
                network.ask(beneficiary(line), claim(number, line), f"intake-{turn}")
        for _ in range(chance.randint(0, 20)):
            network.step(chance)
    for number in script.withdrawn:
        if number <= len(script.lines):
            line = script.lines[number - 1]
            network.ask(beneficiary(line), withdraws(f"batch:{number}"), "intake-0")
    network.until_quiet(chance, 5)
    if script.reviewed:
        for number, line in enumerate(script.lines, 1):
            verdict = ReviewApplication(
                application=f"{BATCH}:{number}",
                verdict="approve" if number % 2 else "deny",
                reviewer="staff:sun",
                document="审〔2022〕1号",
                reason="经核实",
                amount=FEN,
            )
            if line.readable and not line.dated:
                network.ask(beneficiary(line), verdict, "reviewer")
        network.until_quiet(chance, 5)
    if script.year_ends:
        network.ask(LINE_2022, CloseLine(document="年终"), "city")
        network.until_quiet(chance, 5)
    return network


def of_the_batch(network: Network) -> list[Recorded]:
    """The facts of the batch itself."""
    return [recorded for recorded in network.facts if recorded.stream == STREAM]


@given(SCRIPTS)
@settings(max_examples=120, deadline=None)
def test_a_batch_is_told_once_and_as_the_lines_ended(script: Script) -> None:
    network = play(script)
    facts = [recorded.body for recorded in of_the_batch(network)]
    readable = {str(n) for n, line in enumerate(script.lines, 1) if line.readable}

    assert sum(isinstance(fact, SubmissionOpened) for fact in facts) == 1
    told = [fact for fact in facts if isinstance(fact, SubmissionDecided)]
    assert len(told) == 1, "one result, however often it was sent"
    (result,) = told
    before = facts[: facts.index(result)]
    answered: dict[str, SubmissionLineAnswered] = {}
    for fact in before:
        if isinstance(fact, SubmissionLineAnswered):
            answered[fact.application.rpartition(":")[2]] = fact
    assert readable <= set(answered), "told when every line had its answer, and not before"
    assert [line.no for line in result.lines] == list(range(1, len(script.lines) + 1))
    for line in result.lines:
        wanted = answered[line.line].outcome if line.line in readable else "refused"
        assert line.outcome == wanted
    assert result.granted_amount == sum(
        line.amount or 0 for line in result.lines if line.outcome == "granted"
    )
    explained = [place for reason in result.reasons for place in reason.lines]
    ended_otherwise = [n for n, line in enumerate(result.lines) if line.outcome != "granted"]
    assert sorted(explained) == ended_otherwise
    assert result.waiting == sum(line.outcome in ("referred", "held") for line in result.lines)


@given(SCRIPTS)
@settings(max_examples=60, deadline=None)
def test_a_batch_that_waited_is_closed_once_when_nothing_waits(script: Script) -> None:
    network = play(script)
    facts = [recorded.body for recorded in of_the_batch(network)]
    result = next(fact for fact in facts if isinstance(fact, SubmissionDecided))
    closed = [fact for fact in facts if isinstance(fact, SubmissionClosed)]
    submission = network.store.state(STREAM)
    assert isinstance(submission, SubmissionState)
    if result.waiting == 0 or submission.waiting:
        assert closed == []
    else:
        assert len(closed) == 1
        assert not {line.outcome for line in closed[0].lines} & {"referred", "held"}


@given(SCRIPTS)
@settings(max_examples=30, deadline=None)
def test_a_replay_of_the_facts_stands_where_the_batch_stood(script: Script) -> None:
    network = play(script)
    again = replayed(network.raw, policies()).state(STREAM)
    first = network.store.state(STREAM)
    assert isinstance(again, SubmissionState)
    assert isinstance(first, SubmissionState)
    assert again == first
