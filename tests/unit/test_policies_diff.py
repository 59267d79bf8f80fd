"""`policies diff`: what changed, clause by clause, in both quotes; and nothing else."""

import shutil
from pathlib import Path

import pytest

from policies.authoring.card import policy_card
from policies.authoring.diff import between, differences
from policies.engine.registry import Policies
from policies.engine.versions import ROOT
from services.tools.authoring.cards import NoVersion, version_named
from services.tools.authoring.diff import difference_lines
from services.tools.authoring.overlay import NoPolicies, overlaid
from tests.given_when_then import policies

POLICIES = policies()
OLD, NEW = "skill-upgrade/211200-2021-01-01", "skill-upgrade/211200-2022-01-01"
FILE = "programmes/skill-upgrade/211200-2022-01-01.yaml"


def test_a_card_does_not_differ_from_itself() -> None:
    for policy in POLICIES:
        card = policy_card(policy, POLICIES.standards, POLICIES.duties)
        assert differences(card, card) == []
    assert between(POLICIES, Policies.load()) == []


def test_two_years_differ_where_the_notices_do() -> None:
    old, new = (
        policy_card(version_named(POLICIES, name), POLICIES.standards, POLICIES.duties)
        for name in (OLD, NEW)
    )
    changes = {(change.section, change.id): change for change in differences(old, new)}
    assert changes["条件", "drawing"].kind == "新增"
    assert changes["约定", "F1（fund）"].kind == "删去"
    cap = changes["限额", "per_year"]
    assert cap.kind == "改变"
    assert set(cap.what) >= {"规定", "原文"}
    assert cap.after is not None
    assert cap.after.quote == "每人每年享受补贴次数最多不超过3次"


def changed(folder: Path, old: str, new: str) -> Path:
    """A directory with one changed file in it."""
    (folder / FILE).parent.mkdir(parents=True)
    text = (ROOT / FILE).read_text("utf-8")
    assert old in text
    (folder / FILE).write_text(text.replace(old, new, 1), "utf-8")
    return folder


def test_a_directory_with_one_changed_file_differs_in_that_clause(tmp_path: Path) -> None:
    folder = changed(tmp_path, "max: 3, quote", "max: 5, quote")
    (version,) = between(POLICIES, overlaid(folder))
    assert (version.name, version.kind) == (NEW, "改变")
    (change,) = version.changes
    assert (change.section, change.id, change.what) == ("限额", "per_year", ("规定",))
    text = "\n".join(difference_lines(".", str(folder), POLICIES))
    assert "每人每公历年不超过3次" in text
    assert "每人每公历年不超过5次" in text


def test_a_version_that_comes_or_goes_is_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "programmes", tmp_path / "programmes")
    extra = tmp_path / "programmes/skill-upgrade/211202-2022-01-01.yaml"
    shutil.copy(ROOT / FILE, extra)
    extra.write_text(
        extra.read_text("utf-8").replace('jurisdiction: "211200"', 'jurisdiction: "211202"'),
        "utf-8",
    )
    more = overlaid(tmp_path)
    assert [(one.name, one.kind) for one in between(POLICIES, more)] == [
        ("skill-upgrade/211202-2022-01-01", "新增")
    ]
    assert [one.kind for one in between(more, POLICIES)] == ["删去"]


def test_a_citys_parameters_are_compared_too(tmp_path: Path) -> None:
    (tmp_path / "skill_upgrade").mkdir()
    (tmp_path / "skill_upgrade/211200.yaml").write_text(
        "employee_window:\n- {from: 2021-01-01, value: 6M, source: 市局通知}\n", "utf-8"
    )
    names = {one.name for one in between(POLICIES, overlaid(tmp_path))}
    assert NEW in names


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoPolicies):
        overlaid(tmp_path)
    with pytest.raises(NoPolicies, match="kind"):
        overlaid(changed(tmp_path, "kind: within", "kind: inside"))
    with pytest.raises(NoVersion, match="相近的有"):
        list(difference_lines("skill-upgrade/9", NEW, POLICIES))
