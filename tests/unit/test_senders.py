"""Who may send what: every command has a sender, and every sender keeps to its own."""

from datetime import UTC, date, datetime

import pytest

from events import COMMANDS
from events.budgets import AllocateBudget
from events.control import ResumeStream
from events.envelope import Asked
from events.hands import NOBODY_ALONE
from events.senders import MAY_SEND, not_allowed
from events.values import Command
from services.runtime.seals.packet_seals import PRODUCERS


def asked(body: Command, by: str) -> Asked:
    now = datetime(2022, 8, 12, tzinfo=UTC)
    return Asked("0" * 36, "budget/x", now, date(2022, 8, 12), by, body)


ALLOCATE = AllocateBudget(document="x", amount=1)


def test_every_producer_of_packets_has_a_row_and_every_row_a_key() -> None:
    assert set(MAY_SEND) == set(PRODUCERS)


def test_the_table_names_commands_that_there_are() -> None:
    assert {name for sender in MAY_SEND.values() for name in sender.commands} == set(COMMANDS)


def test_every_command_but_a_resume_is_somebodys_beside_the_operator() -> None:
    others = [sender.commands for name, sender in MAY_SEND.items() if name != "operator"]
    # what takes two people travels inside its proposal
    assert set(COMMANDS) - set().union(*others) <= NOBODY_ALONE
    for name, sender in MAY_SEND.items():
        assert name in ("operator", "desk", "clerk") or not sender.commands & NOBODY_ALONE


@pytest.mark.parametrize(
    ("producer", "body", "by", "why"),
    [
        ("intake", ALLOCATE, "intake", ""),
        ("web", ALLOCATE, "staff:li-jing", ""),
        ("clerk", ALLOCATE, "desk", ""),
        ("intake", ALLOCATE, "staff:li-jing", "in the name of staff:li-jing"),
        ("web", ALLOCATE, "intake", "in the name of intake"),
        ("intake", ResumeStream(operator="x", reason="y"), "intake", "may not send ResumeStream"),
        ("nobody", ALLOCATE, "nobody", "nobody may not send AllocateBudget"),
    ],
)
def test_a_sender_keeps_to_its_own_commands_and_its_own_name(
    producer: str, body: Command, by: str, why: str
) -> None:
    found = not_allowed(producer, asked(body, by))
    assert why in found
    assert bool(found) == bool(why)
