"""The flow over streams, drawn from the code: command -> fact -> follow-up, as a mermaid diagram.

`python -m tests.flow_diagram` writes it into `docs/explanation/flow.md`; a test compares the two. What
answers what is not stated by hand: it is seen in many played scripts.
"""

from datetime import date
from functools import cache
from pathlib import Path
from random import Random

from events import CATALOGUE, FACTS, streams
from events.budgets import AllocateBudget, CloseLine
from events.codec import decode_fact
from events.envelope import Recorded
from events.values import BudgetClaim
from services.deciders.budget_line.queue import SLICE
from services.streams import follow_ups
from tests.delaying_network import Network
from tests.given_when_then import policies
from tests.office_at_work import Office
from tests.properties import test_budgets as lines
from tests.properties import test_submissions as employers
from tests.treasury_at_work import Treasury

FLOW = Path(__file__).parent.parent / "docs" / "explanation" / "flow.md"
GOLDEN = Path(__file__).parent / "golden"
_BEGIN, _END = "```mermaid\n", "```\n"
RARE = (29, 65, 91, 137, 245, 278, 279, 321, 378, 400, 420, 422, 464, 488, 537)
"""Histories in which what seldom happens does, found among the first 700."""
KINDS = ("beneficiary", "submission", "budget", "payee", "batch")


def golden_facts() -> list[Recorded]:
    """Read the newest golden record of every fact type, in the order of the catalogue."""
    newest = {name: f"{name}.v{CATALOGUE[name].version}.json" for name in FACTS}
    return [decode_fact((GOLDEN / file).read_bytes()) for file in newest.values()]


@cache
def played() -> tuple[Network, ...]:
    """Play scripts in which everything happens that leads to something on another stream."""
    networks = []
    for seed in range(30):
        office = Office(seed)
        office.run(90)
        networks += [office.network, lines.play(_a_year(Random(seed)), seed, 5)]
    for seed in (*range(20), *RARE):
        treasury = Treasury(seed)
        treasury.run(200)
        networks.append(treasury.network)
    everybody = AllocateBudget(document="拨款", amount=SLICE + 1)
    endings: tuple[AllocateBudget | CloseLine, ...] = (
        everybody,
        CloseLine(document="年终"),
        CloseLine(document="年终", queue="carry"),
    )
    networks += [_a_long_queue(ending) for ending in endings]
    return (*networks, *map(_an_employers_batch, range(12)))


def _a_year(chance: Random) -> list[lines.Step]:
    """Write a script for the lines of two years and a shared ceiling: claims, some withdrawn, taken
    back or ended, then the end."""
    steps: list[lines.Step] = []
    for number in range(30):
        funds = tuple(chance.sample([1, 2], chance.randint(1, 2)))
        now, later = chance.randint(1, 6), chance.randint(1, 6)
        shared = ((now + later, (5,)),) if chance.random() < 0.5 else ()
        steps += [
            lines.Proposes((*shared, (now, funds), (later, (3,)))),
            lines.Allocates(chance.randint(0, 5), chance.randint(1, 9)),
            lines.Withdraws(chance.randint(0, number)),
            lines.Ends(chance.randint(0, number), date(2022, 11, 9)),
            lines.Delivers(chance.randint(0, 5)),
        ]
    ends = (lines.Closes(line, chance.choice(("lapse", "carry"))) for line in range(4))
    return [*steps, *ends]


def _an_employers_batch(seed: int) -> Network:
    """Let an employer send lines that end in every way there is."""
    chance = Random(seed)
    sent = tuple(
        employers.Line(number % 4, number // 4, chance.random() < 0.9, chance.random() < 0.6)
        for number in range(8)
    )
    script = employers.Script(sent, 1, (chance.randint(1, 8),), seed % 3 > 0, seed % 5, True, seed)
    return employers.play(script)


def _a_long_queue(ending: AllocateBudget | CloseLine) -> Network:
    """Let more wait than one command serves, then end it."""
    network, line = Network(policies()), lines.LINES[0]
    for number in range(SLICE + 1):
        network.propose(f"{number}", (BudgetClaim(amount=1, lines=(line,)),))
    network.until_quiet(Random(1))
    network.ask(line, ending)
    network.until_quiet(Random(1))
    return network


def arrows() -> list[tuple[str, str, str]]:
    """List what was seen: a fact, the command that it leads to, a fact that answers it."""
    order = list(FACTS)
    found: set[tuple[str, str, str]] = set()
    for network in played():
        answers: dict[str, set[str]] = {}
        for recorded in network.facts:
            answers.setdefault(recorded.cause, set()).add(type(recorded.body).__name__)
        for recorded in network.facts:
            fact = type(recorded.body).__name__
            for ask in follow_ups(recorded):
                command = type(ask.body).__name__
                found |= {(fact, command, answer) for answer in answers.get(ask.id, ())}
    drawn = {arrow for arrow in found if arrow[2] != "CommandRefused"}
    return sorted(drawn, key=lambda arrow: (order.index(arrow[0]), arrow[1], order.index(arrow[2])))


def diagram() -> str:
    """Draw it: a state is a fact on its stream, an arrow the command it sends to another."""
    owner, found = owners(), arrows()
    facts = {name for fact, _, answer in found for name in (fact, answer)}
    drawing = ["stateDiagram-v2"]
    for kind in KINDS:
        drawing.append(f"    state {kind} {{")
        drawing += [f"        {name}" for name in FACTS if name in facts and owner[name] == kind]
        drawing.append("    }")
    drawing += [f"    {fact} --> {answer}: {command}" for fact, command, answer in found]
    return "\n".join(drawing) + "\n"


def owners() -> dict[str, str]:
    """Tell on which kind of stream each fact stands, from the golden records."""
    return {type(r.body).__name__: streams.kind(r.stream) for r in golden_facts()}


def drawn() -> str:
    """Read the diagram as it stands in the docs."""
    text = FLOW.read_text("utf-8")
    return text.split(_BEGIN, 1)[1].split(_END, 1)[0]


def draw() -> None:
    """Write the diagram into the docs."""
    text = FLOW.read_text("utf-8")
    before, rest = text.split(_BEGIN, 1)
    FLOW.write_text(before + _BEGIN + diagram() + _END + rest.split(_END, 1)[1], "utf-8")


if __name__ == "__main__":
    draw()
