"""Access matrix: what the ledger answers to each command of each role is what the reference says.

The page `docs/reference/access.md` is read back here, so that a row of `policies/access/roles.yaml` or
a check that is gone is seen against what was written down, and not against itself.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import orjson
import pytest

from events import COMMANDS
from events.authority import Authority, RoleGrant
from events.batches import BatchLineRefused
from events.codec import command_of
from events.control import CommandRefused
from events.envelope import Asked
from events.hands import NOBODY_ALONE
from events.ids import by_staff
from events.proposing import proposed
from events.values import Command
from policies.access import Access, access
from services.deciders import incompatible
from services.deciders.user import decider as user
from services.streams import answering, authority
from services.streams.houses import new_stream
from tests.given_when_then import policies
from tests.unit.test_batches import PAYEE, result
from tests.unit.test_incompatible_acts import (
    CHECKER,
    JUDGE,
    JUDGED,
    MAKER,
    Case,
    code,
    gives_up,
    owes,
    receives,
)

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/access.md").read_text("utf-8").splitlines()
BESIDE = {"ProposeAct", "NoteRefusedVisit"}
"""What is judged by the act inside it, and what the pages note of a refused visit."""


class Row(NamedTuple):
    """One row of the page: what it lists, and whether each role has the mark."""

    title: str
    names: tuple[str, ...]
    roles: frozenset[str]


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows(first: str) -> Iterator[Row]:
    """The rows of the table whose first column has this title."""
    start = next(at for at, line in enumerate(PAGE) if line.startswith(f"| {first} |"))
    titles = cells(PAGE[start])[2:]
    role_of = {role.name: name for name, role in access().roles.items()}
    for line in PAGE[start + 2 :]:
        if not line.startswith("|"):
            return
        title, names, *marks = cells(line)
        listed = tuple(name.strip("`") for name in names.split("、"))
        having = frozenset(role_of[t] for t, mark in zip(titles, marks, strict=True) if mark == "●")
        yield Row(title, listed, having)


ACTS = {act: row for row in rows("职责") for act in row.names}


@cache
def example(name: str) -> Asked:
    """The kept example of a command, of its latest version."""
    files = (ROOT / "tests/golden").glob(f"{name}.v*.json")
    newest = max(files, key=lambda path: int(path.stem.rpartition("v")[2]))
    return command_of(orjson.loads(newest.read_bytes()))


def forged(name: str, role: str, code_before: timedelta | None = timedelta()) -> Asked:
    """A command as somebody could write it who has the pages' key: signed in with one role."""
    kept = example(name)
    body: Command = kept.body
    if name in NOBODY_ALONE:
        body = proposed(body, "P-1", "li-jing")
    at = None if code_before is None else kept.sent_at - code_before
    signed = Authority("S-1a2b3c4d", (RoleGrant(role),), at)
    return kept._replace(body=body, by=by_staff("li-jing"), authority=signed)


def answer(asked: Asked) -> str:
    """The first word of the ledger: a code of the roles, or nothing where they let it pass."""
    try:
        facts = answering.answer(new_stream(asked.stream), asked, policies())
    except Exception:  # noqa: BLE001 -- what the examples lack of a history is no matter of roles
        return ""
    code = facts[0].code if facts and isinstance(facts[0], CommandRefused) else ""
    return code if code in ("NOT_YOUR_ROLE", "CODE_NEEDED") else ""


@pytest.mark.parametrize("role", list(access().roles))
def test_a_forged_command_gets_what_the_reference_says(role: str) -> None:
    """Each command of the catalogue: the ledger's own for nobody, an act for the roles with the mark."""
    for name in COMMANDS:
        if name in BESIDE:
            continue
        allowed = name in ACTS and role in ACTS[name].roles
        assert answer(forged(name, role)) == ("" if allowed else "NOT_YOUR_ROLE"), name


def test_a_one_time_code_is_asked_where_the_reference_says_so() -> None:
    for name, row in ACTS.items():
        asked = forged(name, min(row.roles), code_before=None)
        assert answer(asked) == ("CODE_NEEDED" if row.title.endswith("码") else ""), name


def test_the_pages_of_each_role_are_those_of_the_reference() -> None:
    table = access()
    areas = [row for row in rows("页面") if row.names[0].startswith("/")]
    assert len(areas) == len(table.areas)
    for row in areas:
        (area,) = {table.area_of[page] for page in row.names}
        assert row.roles == {role for role in table.roles if table.sees(role, area)}, row.title


CASES: dict[frozenset[str], Callable[[], str]] = {
    frozenset({"judge", "prepare"}): lambda: "，".join(
        fact.body.code
        for fact in Case().prepared(JUDGED, maker=JUDGE)
        if isinstance(fact.body, BatchLineRefused)
    ),
    frozenset({"judge", "release"}): lambda: _released(JUDGE),
    frozenset({"judge", "bank_answers"}): lambda: code(Case().sent().by(JUDGE, result(1))),
    frozenset({"prepare", "bank_answers"}): lambda: code(Case().sent().by(MAKER, result(1))),
    frozenset({"release", "bank_answers"}): lambda: code(Case().sent().by(CHECKER, result(1))),
    frozenset({"recoveries", "write_off"}): lambda: _given_up(MAKER),
}
"""The pairs that one case shows: what the second step is answered."""

OF_TWO_HANDS = {
    frozenset({"prepare", "release"}),
    frozenset({"write_off", "check_write_off"}),
    frozenset({"close", "sign"}),
}
"""Pairs whose second step is the check of the first: their houses hold them whatever the table says."""


def _released(person: str) -> str:
    case = Case()
    case.prepared()
    return code(case.by(person, case.releases(person)))


def _given_up(person: str) -> str:
    scene = owes()
    scene.when(PAYEE, receives(by_staff(person)))
    return code(scene.when(PAYEE, gives_up(person)))


def test_the_pairs_are_those_of_the_reference() -> None:
    start = next(at for at, line in enumerate(PAGE) if line.startswith("| 不相容的两项职责 |"))
    written = {tuple(cells(line)) for line in PAGE[start + 2 :] if line.startswith("|")}
    said = {"role": "不能授给同一人", "case": "同一件事上不能由同一人办"}
    table = access()
    assert written == {
        (
            "、".join(table.permissions[one].name for one in pair.permissions),
            "；".join(said[one] for one in pair.where),
            pair.why,
        )
        for pair in table.pairs
    }


def test_every_pair_of_a_case_is_shown_by_a_case() -> None:
    listed = {frozenset(pair.permissions) for pair in access().pairs if "case" in pair.where}
    assert listed == set(CASES) | OF_TWO_HANDS
    assert len(access().pairs) == len({frozenset(pair.permissions) for pair in access().pairs})


def test_two_people_are_asked_for_whatever_the_table_says(monkeypatch: pytest.MonkeyPatch) -> None:
    _go_by(monkeypatch, lambda table: table["pairs"].clear())
    assert _released(MAKER) == "SAME_PERSON"


class Told(NamedTuple):
    """One row of the table: how it goes, and what is then answered otherwise."""

    what: str
    gone: Callable[[dict[str, Any]], object]
    seen: Callable[[], str]


def _go_by(monkeypatch: pytest.MonkeyPatch, gone: Callable[[dict[str, Any]], object]) -> None:
    """Let everything go by the table without a row."""
    table = access().model_dump()
    gone(table)
    changed = Access.model_validate(table)
    for module in (authority, incompatible, user):
        monkeypatch.setattr(module, "access", lambda: changed)


def _joined(first: str, second: str) -> str:
    """What is said of granting one person two roles that have these permissions alone.

    The roles of the table clash by several pairs at once, so that each alone would not be missed.
    """
    table = vars(incompatible)["access"]().model_dump()
    plain = {"name": "x", "areas": [], "personal": False}
    roles = {"one": {**plain, "permissions": [first]}, "two": {**plain, "permissions": [second]}}
    narrow = Access.model_validate(table | {"roles": roles})
    return str(narrow.clashes([RoleGrant("one"), RoleGrant("two")]))


def _answered(act: str, role: str, code_before: timedelta | None = timedelta()) -> str:
    return answer(forged(act, role, code_before))


def _permissions() -> Iterator[Told]:
    table = access()
    for role, permission in ((r, p) for r, one in table.roles.items() for p in one.permissions):
        act = table.permissions[permission].acts[0]
        yield Told(
            f"{role} may {permission}",
            lambda t, r=role, p=permission: t["roles"][r]["permissions"].remove(p),  # type: ignore[misc]
            partial(_answered, act, role),
        )
    for permission, one in table.permissions.items():
        role = next(r for r in table.roles if table.may(r, permission))
        for act in one.acts:
            yield Told(
                f"{act} is of {permission}",
                lambda t, p=permission, a=act: t["permissions"][p]["acts"].remove(a),  # type: ignore[misc]
                partial(_answered, act, role),
            )
    for permission in table.code_again:
        role = next(r for r in table.roles if table.may(r, permission))
        act = table.permissions[permission].acts[0]
        yield Told(
            f"{permission} asks for a code",
            lambda t, p=permission: t["code_again"].remove(p),  # type: ignore[misc]
            partial(_answered, act, role, code_before=None),
        )


def _pairs() -> Iterator[Told]:
    for at, pair in enumerate(access().pairs):
        first, second = pair.permissions
        joined = frozenset(pair.permissions)
        for where in pair.where:
            if where == "role":
                seen: Callable[[], str] = partial(_joined, first, second)
            elif joined in CASES:
                seen = CASES[joined]
            else:
                continue
            others = [one for one in pair.where if one != where]
            yield Told(f"{pair.why} ({where})", _without(at, others), seen)


def _without(at: int, others: Sequence[str]) -> Callable[[dict[str, Any]], object]:
    """A pair that holds there alone, or nowhere."""

    def gone(table: dict[str, Any]) -> None:
        if others:
            table["pairs"][at]["where"] = list(others)
        else:
            del table["pairs"][at]

    return gone


@pytest.mark.parametrize("rows_of", [_permissions, _pairs])
def test_a_row_that_is_gone_is_noticed(
    monkeypatch: pytest.MonkeyPatch, rows_of: Callable[[], Iterator[Told]]
) -> None:
    unnoticed = []
    for row in rows_of():
        before = row.seen()
        with monkeypatch.context() as without:
            _go_by(without, row.gone)
            if row.seen() == before:
                unnoticed.append(row.what)
    assert unnoticed == []
