"""Position vectors: one text for one meaning, read back as it was, and compared by what it takes in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.position_vector import PositionVector

offsets = st.dictionaries(st.integers(0, 15), st.integers(0, 10**12))


@given(offsets)
def test_a_vector_is_read_back_as_it_was(held: dict[int, int]) -> None:
    vector = PositionVector.of(held)
    assert PositionVector.parse(vector.text) == vector
    assert all(vector.next_of(partition) == offset for partition, offset in held.items())


@given(offsets, st.integers(0, 15))
def test_a_partition_without_facts_changes_nothing(held: dict[int, int], partition: int) -> None:
    with_empty = {partition: 0, **held}
    assert PositionVector.of(with_empty).digest == PositionVector.of(held).digest


@given(offsets, offsets)
def test_one_reaches_another_where_it_takes_in_all_of_it(
    held: dict[int, int], other: dict[int, int]
) -> None:
    one, two = PositionVector.of(held), PositionVector.of(other)
    last = {partition: offset - 1 for partition, offset in other.items() if offset}
    taken_in = all(one.takes_in(partition, offset) for partition, offset in last.items())
    assert one.reaches(two) is taken_in


@given(offsets, offsets)
def test_different_vectors_have_different_digests(
    held: dict[int, int], other: dict[int, int]
) -> None:
    one, two = PositionVector.of(held), PositionVector.of(other)
    assert (one == two) is (one.digest == two.digest)


@pytest.mark.parametrize(
    "text", ["0:0", "1:5,0:3", "0:3,0:4", "0:03", " 0:3", "0:3,", "00:3", "0:-1", "٠:3", "0"]
)
def test_what_is_not_canonical_is_no_vector(text: str) -> None:
    with pytest.raises(ValueError, match="position vector"):
        PositionVector.parse(text)


def test_nothing_negative_is_a_position() -> None:
    with pytest.raises(ValueError, match="negative"):
        PositionVector.of({0: -1})
