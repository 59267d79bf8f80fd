"""The database's steps are one chain: two steps after the same one would stop every process."""

from alembic.script import ScriptDirectory

from projections.migrations import versions


def test_the_steps_are_one_chain_without_a_fork() -> None:
    (folder,) = versions.__path__
    steps = ScriptDirectory(folder, version_locations=[folder])
    assert len(steps.get_heads()) == 1
    assert [step.revision for step in steps.walk_revisions()][-1] == "0001"
