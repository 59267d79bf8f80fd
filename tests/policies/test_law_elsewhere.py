"""The law stands in `policies/` alone: no other code cites a notice of ours or has a figure of one."""

import ast
from collections.abc import Iterator

import yaml

from policies.duties import shipped
from policies.engine.versions import ROOT

REPOSITORY = ROOT.parent

NUMBERS = frozenset(
    yaml.safe_load(path.read_text("utf-8"))["number"] for path in (ROOT / "notices").glob("*.yaml")
)
TERMS = frozenset({"SERVICE_MONTHS", "SETTLE_MONTHS", "HIGHEST_BP"})
"""Names under which figures of the law once stood in deciders."""


def modules() -> Iterator[tuple[str, ast.Module]]:
    for package in ("events", "projections", "services"):
        for path in (REPOSITORY / package).rglob("*.py"):
            name = path.relative_to(REPOSITORY).as_posix()
            yield name, ast.parse(path.read_text("utf-8"))


def spoken(module: ast.Module) -> Iterator[ast.Constant]:
    """The texts of a module that are no docstrings."""
    silent = {id(node.value) for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in silent
        ):
            yield node


def test_no_code_outside_the_policies_cites_a_notice() -> None:
    assert len(NUMBERS) == 10
    found = [
        f"{name}:{text.lineno}"
        for name, module in modules()
        for text in spoken(module)
        if any(number in str(text.value) for number in NUMBERS)
    ]
    assert found == []


def test_no_decider_has_a_term_or_a_rate_of_its_own() -> None:
    found = [
        f"{name}:{node.id}"
        for name, module in modules()
        for node in ast.walk(module)
        if isinstance(node, ast.Name) and node.id in TERMS
    ]
    assert found == []


def test_a_notice_to_a_debtor_names_the_clauses_of_its_cause() -> None:
    grounds = shipped().clawbacks
    assert grounds.cites("left_early") == "铁市就组发〔2022〕1号 十六"
    assert "五(十七)" in grounds.cites("fraud")
    assert grounds.cites("administrative_error") == ""
