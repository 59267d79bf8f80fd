"""Commit subjects: what git's hook takes and what it refuses."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / ".ci" / "commit_subject.py"
TAKEN = "Batches: " + "一" * 63
REFUSED = {
    "Batches: " + "x" * 64: "73 characters",
    "Mend the batches": "Name the thing first",
    ": a thing without a name": "Name the thing first",
    "# only a comment": "Name the thing first",
}


def run(message: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the hook on a message as git would."""
    (folder / "message").write_text(message, encoding="utf-8")
    command = [sys.executable, str(SCRIPT), str(folder / "message")]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "message",
    [
        TAKEN,
        f"{TAKEN}\n\n{'A long body. ' * 20}\n",
        f"# a hint\n\n{TAKEN}\n",
        'Revert "x"' + "y" * 90,
    ],
)
def test_a_subject_that_names_its_thing_in_72_characters_is_taken(
    message: str, tmp_path: Path
) -> None:
    assert run(message, tmp_path).returncode == 0


@pytest.mark.parametrize(("message", "reason"), REFUSED.items())
def test_another_subject_is_refused_with_what_to_do(
    message: str, reason: str, tmp_path: Path
) -> None:
    refused = run(message, tmp_path)
    assert (refused.returncode, reason in refused.stderr) == (1, True)


def test_git_runs_it_on_every_commit_message() -> None:
    asked = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text("utf-8"))
    hooks = {hook["id"]: hook for hook in asked["repos"][0]["hooks"]}
    assert "commit-msg" in asked["default_install_hook_types"]
    assert hooks["commit-subject"]["stages"] == ["commit-msg"]
    assert hooks["commit-subject"]["entry"].split()[-1] == ".ci/commit_subject.py"
    assert hooks["check"]["stages"] == ["pre-commit"]
