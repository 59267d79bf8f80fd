"""Instructions: an id names its batch and its line, at both ends of what a batch can hold."""

import re

import pytest

from events.ids import INSTRUCTION_PATTERN, batch_of, instruction_id, line_no_of


@pytest.mark.parametrize("line_no", [1, 10_000, 99_999])
def test_an_instruction_names_its_batch_and_its_line(line_no: int) -> None:
    instruction = instruction_id("B2208310003", line_no)
    assert len(instruction) == 16
    assert re.fullmatch(INSTRUCTION_PATTERN, instruction)
    assert (batch_of(instruction), line_no_of(instruction)) == ("B2208310003", line_no)


@pytest.mark.parametrize("instruction", ["B22083100030000x", "B2208310003０００01"])
def test_an_end_that_is_no_number_names_no_line(instruction: str) -> None:
    assert line_no_of(instruction) is None
