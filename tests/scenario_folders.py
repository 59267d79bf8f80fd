"""Scenarios: messages in a folder of `tests/scenarios`, and what a ledger must make of them.

`about.yaml` says which duty of the ledger is shown, and on which clause it rests; `messages.jsonl`
is what upstream publishes and staff do, in order; `facts.jsonl` is what must follow, one line a
fact or refused message, read beside the notices by a person: what happened, to which application,
how many fen, with which code; `balances.jsonl` is what every account and budget line then holds.
"""

import asyncio
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import yaml

from events.ids import application_of
from policies.engine.registry import Policies
from projections.definition.chart_of_accounts import BY_CODE
from services.deciders.budget_line.state import BudgetLineState
from services.tools.simulation.simulate import Simulation
from tests.example_cities import policies_with

FOLDER = Path(__file__).parent / "scenarios"
CITY = Path(__file__).parent / "city_parameters"
"""Figures that a city has set where the notices are silent (`simulate --parameters`)."""
NAMES = tuple(sorted(path.parent.name for path in FOLDER.glob("*/messages.jsonl")))

_TOKEN = re.compile(r"\b[pua][0-9a-f]{32}\b")
_SAID_BY_MANY = {"BudgetReleased", "BudgetSpent"}
"""Several beneficiaries and payees tell a line at once; which comes first is nobody's rule."""

_EACH_LEDGERS_OWN = {
    "BatchPrepared": ("digest",),
    "BatchReleased": ("digest",),
    "BatchSending": ("digest",),
    "BatchSent": ("file", "file_digest"),
    "BudgetReleased": ("key",),
    "BudgetSpent": ("key",),
    "BudgetSpendingReversed": ("key",),
    "EarmarkFreed": ("key",),
}
"""Hashes over tokens and files, ids of facts."""


def messages(name: str) -> list[bytes]:
    """Read what upstream publishes in a scenario."""
    return (FOLDER / name / "messages.jsonl").read_bytes().splitlines()


def expected(name: str) -> list[dict[str, Any]]:
    """Read what must follow from it."""
    lines = (FOLDER / name / "facts.jsonl").read_bytes().splitlines()
    return [orjson.loads(line) for line in lines]


def balances_expected(name: str) -> list[dict[str, Any]]:
    """Read what accounts and budget lines must hold at its end."""
    lines = (FOLDER / name / "balances.jsonl").read_bytes().splitlines()
    return [orjson.loads(line) for line in lines]


def about(name: str) -> dict[str, Any]:
    """Read what a scenario shows."""
    told: dict[str, Any] = yaml.safe_load((FOLDER / name / "about.yaml").read_bytes())
    return told


def by_time(names: Iterable[str]) -> list[bytes]:
    """Put the lines of several scenarios into one calendar; each keeps its own order."""
    timed: list[tuple[datetime, bytes]] = []
    for name in names:
        at = datetime.min.replace(tzinfo=UTC)
        for line in messages(name):
            at = max(at, _time_of(line) or at)
            timed.append((at, line))
    return [line for _, line in sorted(timed, key=lambda one: one[0])]


class Rehearsal(NamedTuple):
    """What a simulation made of a scenario."""

    items: list[dict[str, Any]]
    balances: list[dict[str, Any]]


def rehearsed(lines: Iterable[bytes], policies: Policies) -> Rehearsal:
    """Play lines through a simulation."""
    simulation = Simulation(policies)
    items: list[dict[str, Any]] = []
    with asyncio.Runner() as runner:
        for line in lines:
            items += runner.run(simulation.feed(line))
    return Rehearsal(items, balances_of(simulation, items))


def balances_of(simulation: Simulation, items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Add up the entries of a simulation, and look at its budget lines."""
    kept = list(items)
    entries = [posting for item in kept if "entry" in item for posting in item["entry"]["postings"]]
    streams = {item.get("stream", "") for item in kept}
    lines = []
    for name in sorted(stream for stream in streams if stream.startswith("budget/")):
        line = simulation.ledger.store.state(name)
        assert isinstance(line, BudgetLineState)
        lines.append(
            {
                "line": name,
                "allocated_fen": line.allocated,
                "committed_fen": line.committed,
                "spent_fen": line.spent,
            }
        )
    return balances(entries, lines)


def _time_of(line: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(orjson.loads(line)["time"])
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        return None


def balances(
    postings: Iterable[Mapping[str, Any]], lines: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Tell accounts and budget lines as `balances.jsonl` does; what holds nothing is left out.

    Shape:  postings with code, fund, district, amount_fen; lines with line, allocated_fen,
            committed_fen, spent_fen
    """
    sums: Counter[tuple[str, str, str]] = Counter()
    for posting in postings:
        sums[posting["code"], posting["fund"], posting["district"]] += posting["amount_fen"]
    accounts = [
        {
            "account": f"{code} {BY_CODE[code].name}",
            "fund": fund,
            "district": district,
            "balance_fen": amount,
        }
        for (code, fund, district), amount in sorted(sums.items())
        if amount
    ]
    names = ("line", "allocated_fen", "committed_fen", "spent_fen")
    kept = ({name: line[name] for name in names} for line in lines)
    held = [line for line in kept if line["allocated_fen"] or line["committed_fen"]]
    return [*accounts, *sorted(held, key=lambda line: line["line"])]


def outline(item: Mapping[str, Any]) -> dict[str, Any]:
    """Tell a fact or refusal as `facts.jsonl` does."""
    body = item.get("body", {})
    about = (
        body.get("application")
        or body.get("ask", {}).get("application")
        or body.get("voucher")
        or body.get("about")
        or application_of(body.get("disbursement", ""))
    )
    amount = body.get("amount", body.get("money", {}).get("amount"))
    told = {
        "type": item["type"],
        "application": about.partition(":")[2],
        "amount_fen": amount,
        "code": item.get("code") or body.get("code"),
        "failing": body.get("failing"),
    }
    return {name: value for name, value in told.items() if value}


def essence(items: Iterable[Mapping[str, Any]]) -> Counter[str]:
    """Keep of facts what must be the same wherever they were decided.

    Tokens, ids, positions and instants are each ledger's own, and so is the order in which
    partitions are read.
    """
    return Counter(_essence(item) for item in items if item["type"] != "MessageRefused")


def digest(items: Iterable[Mapping[str, Any]]) -> str:
    """Name the essence of facts by a hash."""
    kept = sorted(essence(items).elements())
    return sha256("\n".join(kept).encode()).hexdigest()


def _essence(item: Mapping[str, Any]) -> str:
    body = dict(item["body"])
    if "arrived" in body:
        body["arrived"] = body["arrived"]["event"]
    for name in _EACH_LEDGERS_OWN.get(item["type"], ()):
        body.pop(name, None)
    answers_of_many = item["stream"].startswith("batch/") or item["type"] in _SAID_BY_MANY
    kept = {
        "type": item["type"],
        "stream": item["stream"],
        "seq": None if answers_of_many else item["seq"],
        "body": body,
        "entry": item.get("entry", {}).get("postings"),
        "effective_on": item["effective_on"],
    }
    return _TOKEN.sub("#", orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode())


def write_expectations(names: Iterable[str]) -> None:
    """Write what a simulation makes of scenarios, for their author to read beside the notices."""
    policies = policies_with(CITY)
    for name in names:
        played = rehearsed(messages(name), policies)
        for file, items in (
            ("facts.jsonl", map(outline, played.items)),
            ("balances.jsonl", played.balances),
        ):
            (FOLDER / name / file).write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in items))


if __name__ == "__main__":
    write_expectations(sys.argv[1:])
