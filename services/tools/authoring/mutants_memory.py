"""Mutants, the memory: what the last run found, so that only what has changed is run again."""

from pathlib import Path

from pydantic import TypeAdapter

from policies.authoring.mutation_testing import (
    MutantResult,
)

Memory = dict[str, tuple[str, list[MutantResult]]]
_MEMORY = TypeAdapter(Memory)


def remembered(known: Path | None) -> Memory:
    """What the last run found, by file, with the digest of what it rested on."""
    if known is None or not known.exists():
        return {}
    return _MEMORY.validate_json(known.read_bytes())


def remember(
    known: Path | None, before: Memory, marks: dict[str, str], files: dict[str, list[MutantResult]]
) -> None:
    """Keep what this run found, beside what an earlier one found of other files."""
    if known is None:
        return
    now = {**before, **{name: (marks[name], results) for name, results in files.items()}}
    known.parent.mkdir(parents=True, exist_ok=True)
    known.write_bytes(_MEMORY.dump_json(now))
