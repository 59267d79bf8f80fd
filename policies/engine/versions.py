"""Versions: every dated version of every programme, as its file says it.

In:    the folder of policies, and the folders of cities that have programmes of their own
Out:   `Policy`: a version with its window and its nodes
Holds: a file that breaks the vocabulary never gets in; a city writes for itself alone, and a version
       of a city covers no day of one that it does not say to replace
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from policies.cities import City
from policies.engine.nodes import nodes_of
from policies.engine.trace import Node
from policies.engine.windows import Window, neighbours, overlap, windows
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
    city: str = ""
    """The code of the city whose own version it is; nothing for what ships."""

    @property
    def name(self) -> str:
        """``<programme>/<jurisdiction>-<date>``."""
        return f"{self.text.policy}/{self.text.jurisdiction}-{self.text.version}"


class VersionRead(NamedTuple):
    """A version as its file says it, and whose it is; None for what ships."""

    text: PolicyText
    file: Parsed
    city: City | None


def load_versions(root: Path, cities: Iterable[City] = ()) -> tuple[Policy, ...]:
    """Read every programme under `root`, in the order of its files, then those of the cities.

    Raises: FileProblems, with everything that is wrong in any file
    """
    read, problems = list[VersionRead](), list[FileProblem]()
    for folder, city in ((root, None), *((city.folder, city) for city in cities)):
        for path in sorted((folder / "programmes").glob("*/*.yaml")):
            try:
                file = parsed(path)
            except FileProblem as error:
                problems += each_problem(error)
                continue
            try:
                read.append(VersionRead(PolicyText.model_validate(file.data), file, city))
            except ValueError as error:
                problems += file_problems(file, error)
    problems += of_cities(read)
    if problems:
        raise FileProblems(problems)
    spans = windows([one.text for one in read])
    return tuple(
        Policy(
            one.text,
            one.file.content_hash(),
            span,
            nodes_of(one.text, span),
            one.file,
            one.city.code if one.city else "",
        )
        for one, span in zip(read, spans, strict=True)
    )


def of_cities(read: Sequence[VersionRead]) -> Iterator[FileProblem]:
    """What is wrong with versions of cities beside the others."""
    for one in read:
        if one.city is not None and not one.city.has(one.text.jurisdiction):
            words = f"{one.city.name}的目录只能写本市的政策，不能写 {one.text.jurisdiction} 的"
            yield FileProblem(one.file.path, one.file.line(("jurisdiction",)), words)
    texts = [one.text for one in read]
    spans = windows(texts)
    for earlier, later in neighbours(texts, spans):
        own = next((n for n in (later, earlier) if read[n].city is not None), None)
        if own is None or not overlap(texts, spans, earlier, later):
            continue
        other = read[earlier if own == later else later]
        whose = "随附的" if other.city is None else f"{other.file.path} 的"
        words = (
            f"与{whose} {other.text.policy}/{other.text.jurisdiction}-{other.text.version} "
            "重叠：请写明 supersedes 取代哪一版，或用 to 分开"
        )
        yield FileProblem(read[own].file.path, read[own].file.line(("select",)), words)
