"""Mutation testing: whether a mutant of a policy file would be noticed before it decides anything.

In:    a mutant; the other files as they are; the golden cases of its programme
Out:   what kills it first: the vocabulary, the check of sources, a golden case, or a boundary
       that the cases no longer show from both sides; else nothing
Holds: only the changed version is read and compiled anew, and only its programme's cases are run.
Source: docs/how-to/policy-tools.md
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field, ValidationError

from policies.authoring.catalogue_check import wrong_in
from policies.authoring.changed_figures import (
    CATALOGUE,
    ChangedFigures,
    of_catalogue,
    of_parameters,
)
from policies.authoring.check import figure_problems, problems_across, read_versions
from policies.authoring.check_version import Law, Version, version_problems
from policies.authoring.coverage import coverage
from policies.authoring.golden import Prepared, parameter_directories, prepared
from policies.authoring.mutations import Mutant, mutants
from policies.authoring.quotes import joined_notices
from policies.authoring.walk import walk
from policies.cities import NO_CITY, Cities
from policies.engine.nodes import figures_used, nodes_of
from policies.engine.registry import Policies, duties_with
from policies.engine.versions import ROOT, Policy, load_versions
from policies.engine.windows import windows
from policies.reference_data.catalogues import Catalogue, Loaded, overlapping_lists
from policies.reference_data.figure_reading import load_standards
from policies.reference_data.standards import FigureRow, Standards
from policies.vocabulary import PolicyText
from policies.vocabulary.files import FileProblem, parsed
from policies.vocabulary.words import Words

BY_SCHEMA, BY_CHECK, BY_CASE, BY_COVERAGE = "格式", "核对", "案例", "覆盖"
UNUSED = "未用"
"""A figure that no policy file asks for: it decides no claim, so nothing can notice it."""
SURVIVES = ""

EQUIVALENTS = "equivalent-mutants.yaml"
"""Beside the golden cases: mutants that decide every claim as the file itself does."""


class Equivalent(Words):
    """A mutant that changes no decision, and why; one that does not survive is refused."""

    file: str
    place: str
    change: str
    why: Annotated[str, Field(min_length=4)]

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from others."""
        return self.file, self.place, self.change


def equivalents(cases: Path) -> list[Equivalent]:
    """The listed equivalents.

    Raises: FileProblem, ValueError
    """
    path = cases / EQUIVALENTS
    return [Equivalent.model_validate(one) for one in parsed(path).data] if path.exists() else []


class MutantResult(NamedTuple):
    """A mutant and what killed it; `by` is empty when it survives."""

    file: str
    line: int
    place: str
    change: str
    by: str


class MutationTesting:
    """The files, the cases and the figures, read once for many mutants.

    Shape:  `root` is a set of policies, or the folder of one of `cities`: then its own files are
            changed, beside what ships and what the cities decide
    """

    def __init__(self, root: Path, cases: Path, cities: Cities = NO_CITY) -> None:
        self._root = root
        self._cities = cities
        own = [city.folder for city in cities]
        self._of_city = root in own
        law = ROOT if self._of_city else root
        figures = [path for folder in own if (path := folder / "figures").is_dir()]
        standards = {
            name: load_standards(
                law / "parameters", *figures, cases / name if name else None, regions=cities.regions
            )
            for name in (None, *parameter_directories(cases))
        }
        self._standards: dict[str | None, Standards] = standards
        notices = [folder / "notices" for folder in (law, *own)]
        self._law = Law(joined_notices(notices), standards[None].declared)
        self._versions: dict[Path, Version] = {}
        for folder in (law, *own):
            checked = read_versions(folder)
            if checked.problems:
                raise FileProblem(*checked.problems[0][:2], checked.problems[0].message)
            self._versions |= {version.file.path: version for version in checked.versions}
        self._duties = duties_with(load_versions(law, cities), cities) if own else None
        self._cases: dict[str, list[Prepared]] = {}
        for case in prepared(cases):
            self._cases.setdefault(case.claim.programme, []).append(case)
        self._policies = {path: _policy(one) for path, one in self._versions.items()}
        self._related: dict[str, set[str]] = {}

    @property
    def files(self) -> list[Path]:
        """Every file that can be mutated: versions of programmes, then figures and catalogues."""
        versions = [path for path in self._versions if self._changes(path)]
        figures = sorted((self._root / self._figures_folder).glob("*/*.yaml"))
        return [*versions, *figures, *sorted((self._root / "catalogues").glob("*.yaml"))]

    @property
    def _figures_folder(self) -> str:
        return "figures" if self._of_city else "parameters"

    def _changes(self, path: Path) -> bool:
        """Whether a file is one of those that are changed here."""
        return path.is_relative_to(self._root)

    def programme_of(self, path: Path) -> str:
        """The programme that a file belongs to, or nothing for figures."""
        return self._versions[path].text.policy if path in self._versions else ""

    def mutants(self, path: Path) -> list[Mutant]:
        """Every mutant of one file."""
        if path in self._versions:
            return list(mutants(self._versions[path].file.data, PolicyText))
        model = Catalogue if path.parent.name == "catalogues" else dict[str, list[FigureRow]]
        return list(mutants(parsed(path).data, model))

    def result_of(self, path: Path, mutant: Mutant) -> MutantResult:
        """What kills a mutant of a file."""
        version = path in self._versions
        by = self._version(path, mutant) if version else self._figures(path, mutant)
        file = self._versions[path].file if version else parsed(path)
        name = path.relative_to(self._root).as_posix()
        return MutantResult(name, file.line(mutant.where), mutant.place, mutant.change, by)

    def related(self, programme: str) -> set[str]:
        """The programmes whose files name each other's families, this one included."""
        if programme not in self._related:
            self._related[programme] = self._relatives(programme)
        return self._related[programme]

    def _relatives(self, programme: str) -> set[str]:
        by_family: dict[str, set[str]] = {}
        for version in self._versions.values():
            by_family.setdefault(version.text.family, set()).add(version.text.policy)
        found: set[str] = set()
        waiting = {programme}
        while waiting:
            found |= waiting
            named = {
                family
                for version in self._versions.values()
                if version.text.policy in waiting
                for family in (version.text.family, *_families(version.text))
            }
            waiting = {one for family in named for one in by_family.get(family, ())} - found
        return found

    def _version(self, path: Path, mutant: Mutant) -> str:
        try:
            text = PolicyText.model_validate(mutant.data)
        except ValidationError:
            return BY_SCHEMA
        changed = Version(self._versions[path].file._replace(data=mutant.data), text)
        programme = self.programme_of(path)
        if text.policy != programme or any(version_problems(changed, self._law)):
            return BY_CHECK
        related = self.related(programme)
        among = [
            changed if at == path else version
            for at, version in self._versions.items()
            if version.text.policy in related
        ]
        if any(problems_across(among)):
            return BY_CHECK
        policies = {**self._policies, path: _policy(changed)}
        return self._by_case(programme, policies, self._standards)

    def _figures(self, path: Path, mutant: Mutant) -> str:
        """Parameters and catalogues: the figures change, and whoever asks for them."""
        before = parsed(path)
        after = before._replace(data=mutant.data)
        catalogue = path.parent.name == "catalogues"
        try:
            if catalogue:
                changed = ChangedFigures(of_catalogue(before), of_catalogue(after))
                loaded = Loaded(CATALOGUE.validate_python(after.data), after)
                wrong = any(wrong_in(loaded, self._law.notices)) or any(overlapping_lists(loaded))
            else:
                changed = ChangedFigures(of_parameters(before), of_parameters(after))
                wrong = any(figure_problems(after, path.parent.name, self._law))
            standards = {name: changed.over(known) for name, known in self._standards.items()}
            self._read(standards[None])
        except ValueError:
            return BY_SCHEMA
        if wrong:
            return BY_CHECK
        names = {
            name
            for name, place in changed.before.keys() | changed.after.keys()
            if changed.before.get((name, place)) != changed.after.get((name, place))
        }
        users = self.users(names)
        if not users:
            return UNUSED
        for programme in users:
            if by := self._by_case(programme, self._policies, standards):
                return by
        return SURVIVES

    def users(self, names: set[str]) -> list[str]:
        """The programmes that ask for one of these figures, or for one that follows them."""
        names = set(names)
        rows = self._standards[None].stated.items()
        while (
            more := {name for (name, _), stated in rows for row in stated if row.same_as in names}
            - names
        ):
            names |= more
        policies = self._policies.values()
        return sorted({p.text.policy for p in policies if names & {*figures_used(p.text)}})

    def _read(self, standards: Standards) -> None:
        """Read every figure once, so that a value that does not fit its type is refused.

        Raises: ValueError
        """
        for name, region in standards.stated:
            standards.figure(name, region)

    def _by_case(
        self,
        programme: str,
        policies: Mapping[Path, Policy],
        standards: Mapping[str | None, Standards],
    ) -> str:
        mates = [policy for policy in policies.values() if policy.text.policy == programme]
        spans = windows([policy.text for policy in mates])
        versions = tuple(p._replace(window=span) for p, span in zip(mates, spans, strict=True))
        results = []
        cases = self._cases.get(programme, [])
        loaded = {
            name: Policies(versions, standards[name], self._cities, self._duties)
            for name in {None, *(case.parameters for case in cases)}
        }
        for index, case in enumerate(cases):
            result = case.judged(loaded[case.parameters])
            if result.wrong:
                cases.insert(0, cases.pop(index))  # the next change, near by, often fails it too
                return BY_CASE
            results.append(result)
        shown = [one for one in loaded[None] if self._changes(one.file.path)]
        return BY_COVERAGE if coverage(shown, results).missed else SURVIVES


def _policy(version: Version) -> Policy:
    window = windows([version.text])[0]
    return Policy(
        version.text, str(version.file.path), window, nodes_of(version.text, window), version.file
    )


def _families(text: PolicyText) -> Iterator[str]:
    """The families of other programmes that a text names."""
    for place in walk(text):
        if getattr(place.node, "cap", None):
            yield str(getattr(place.node, "family", ""))
        yield from getattr(place.node, "with_", ())
