"""Versions: every dated version of every programme, as its file says it.

In:    the folder of policies
Out:   `Policy`: a version with its window and its nodes
Holds: a file that breaks the vocabulary never gets in
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from policies.engine.nodes import nodes_of
from policies.engine.trace import Node
from policies.engine.windows import Window, windows
from policies.vocabulary import PolicyText
from policies.vocabulary.files import FileProblem, FileProblems, Parsed, each_problem, parsed
from policies.vocabulary.schema_words import file_problems

ROOT = Path(__file__).parents[1]


class Policy(NamedTuple):
    """One version as the registry keeps it: its text, its window, its nodes by id."""

    text: PolicyText
    content_hash: str
    window: Window
    nodes: Mapping[str, Node]
    file: Parsed

    @property
    def name(self) -> str:
        """``skill-upgrade/211200-2022-01-01``."""
        return f"{self.text.policy}/{self.text.jurisdiction}-{self.text.version}"


def load_versions(root: Path) -> tuple[Policy, ...]:
    """Read every programme under `root`, in the order of its files.

    Raises: FileProblems, with everything that is wrong in any file
    """
    files, texts, problems = list[Parsed](), list[PolicyText](), list[FileProblem]()
    for path in sorted((root / "programmes").glob("*/*.yaml")):
        try:
            file = parsed(path)
        except FileProblem as error:
            problems += each_problem(error)
            continue
        try:
            texts.append(PolicyText.model_validate(file.data))
            files.append(file)
        except ValueError as error:
            problems += file_problems(file, error)
    if problems:
        raise FileProblems(problems)
    return tuple(
        Policy(text, file.content_hash(), window, nodes_of(text, window), file)
        for text, window, file in zip(texts, windows(texts), files, strict=True)
    )
