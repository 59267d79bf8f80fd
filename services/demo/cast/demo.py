"""Demo: everything that upstream of an invented city will publish, in the order of publishing."""

from collections.abc import Iterator
from typing import NamedTuple

from services.demo.cast.messages import Published
from services.demo.cast.story import Story


class Demo(NamedTuple):
    """Everything upstream will publish, and what the books must come to of it."""

    run: str
    money: tuple[Published, ...]
    status: tuple[Published, ...]
    applications: tuple[Published, ...]
    repeated: tuple[Published, ...]
    story: Story
    malformed: tuple[Published, ...]
    corrections: int
    conflicts: int
    programmes: frozenset[str]

    def before_review(self) -> Iterator[Published]:
        """Every message in the order of publishing, up to the reviewers' answers."""
        yield from self.money
        yield from self.status
        yield from self.applications
        yield from self.story.messages()
        yield from self.repeated
        yield from self.malformed
