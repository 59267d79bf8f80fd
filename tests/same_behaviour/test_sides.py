"""Two commits of a small project: one that was renamed is equal, one that behaves otherwise is not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.same_behaviour.books import Verifying
from tests.same_behaviour.calls import Both
from tests.same_behaviour.comparing import (
    Part,
)
from tests.same_behaviour.facts import compare_facts, together
from tests.same_behaviour.references import compare_help
from tests.same_behaviour.screen import Screen
from tests.same_behaviour.sides import NotRun, Side, commit_of, interpreter
from tests.same_behaviour.stripping import Strip


@contextmanager
def sides(repository: Path, after: str, screen: Screen) -> Iterator[Both]:
    work = repository.parent / f"work-{after}"
    python = interpreter(work / "python")

    def side(name: str, commit: str) -> Side:
        return Side(name, commit_of(commit, repository), work / name, python, repository)

    yield Both(side("before", "right"), side("after", after), Strip(), screen)


def messages(folder: Path) -> Path:
    given = [folder / "1.json", folder / "2.json"]
    for number, file in enumerate(given):
        file.write_text(f'{{\n"number": {number}\n}}')
    return together(given, folder / "all.jsonl")


def test_a_renamed_project_that_behaves_the_same_is_equal(
    repository: Path, tmp_path: Path, screen: Screen
) -> None:
    with sides(repository, "renamed", screen) as both:
        assert both.before.entry != both.after.entry
        facts = compare_facts(both, [messages(tmp_path)], "planted")
        assert facts.equal
        assert facts.compared == 4  # two messages, plainly and with every line funded
        assert compare_help(both).equal
        part = Part("calls", "calls")
        both.compare(part, "calls", [["other"], ["where"]])
        assert part.equal
        assert both.strip.counts["temporary directory"] == 2


def test_a_side_sees_its_own_tree_and_not_this_checkout(repository: Path, screen: Screen) -> None:
    with sides(repository, "renamed", screen) as both:
        assert "No module named 'services'" in both.before.call("leaks").err
        (leaked,) = both.before.call_each([["leaks"]])
        assert leaked.code == "exception"
        assert "No module named 'services'" in leaked.err


def test_other_facts_are_noticed(repository: Path, tmp_path: Path, screen: Screen) -> None:
    with sides(repository, "other-facts", screen) as both:
        part = compare_facts(both, [messages(tmp_path)], "planted")
    assert part.differing == 2
    assert part.differences[0].where == "line 1: before “12”, after “13”"


def test_another_help_is_noticed(repository: Path, screen: Screen) -> None:
    with sides(repository, "other-help", screen) as both:
        part = compare_help(both)
    assert [one.what for one in part.differences] == ["one --help"]


def test_another_exit_code_is_noticed(repository: Path, screen: Screen) -> None:
    with sides(repository, "other-code", screen) as both:
        part = Part("calls", "calls")
        both.compare(part, "calls", [["other"]])
    assert part.differences[0].where.startswith("ends with 3 before, 4 after")


def test_a_commit_that_is_not_there_is_named(repository: Path) -> None:
    with pytest.raises(NotRun, match="no-such-commit"):
        commit_of("no-such-commit", repository)


def test_facts_are_counted_by_type_but_for_those_by_order_of_arrival(
    repository: Path, screen: Screen
) -> None:
    with sides(repository, "renamed", screen) as both:
        verifying = Verifying(both)
    usual = {"ApprovalGranted": 5, "VoucherStepKept": 3}
    verifying.same_counts("equal", usual, {**usual, "VoucherStepKept": 4})
    assert verifying.counts.equal
    verifying.same_counts("fewer", usual, {**usual, "ApprovalGranted": 4})
    verifying.same_counts("none", usual, {})
    assert [(one.what, one.where) for one in verifying.counts.differences] == [
        ("fewer: ApprovalGranted", "value: before “5”, after “4”"),
        ("none: ApprovalGranted", "value: before “5”, after “0”"),
    ]
