"""Semantics: what a well-formed message must still satisfy: real people, days, places, programmes.

Holds: each check appends what it finds; none stops at the first.
"""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from pydantic import BaseModel

from events.inbound.applications import BatchLine
from events.inbound.bank_results import PaymentReturned, PaymentSettled
from events.inbound.catalogue import TYPES
from events.inbound.fields import AccountStated, PartyStated
from events.inbound.identity import (
    Account,
    Party,
    account_number,
    born_after,
    names_a_person,
    person_name,
    resident_id,
    unit_code,
)
from events.inbound.rejections import Code, Problem
from events.inbound.statements import StatementLine
from events.inbound.status import InstalmentEvidence, StatusChanged
from events.values import FactValue

_NOBODY = Account("", "", "")
_CONTROL = frozenset(map(chr, (*range(32), 127)))


class Known(NamedTuple):
    """What a message may name: programme ids, region codes with their names, fund ids; and which
    programmes ask for the day of birth."""

    programmes: frozenset[str]
    regions: Mapping[str, str]
    funds: frozenset[str]
    asking_birth: frozenset[str] = frozenset()


def party_of(stated: PartyStated, field: str, on: date, problems: list[Problem]) -> Party:
    """Bring a person or unit to canonical form; `on` is the day of arrival."""
    name = person_name(stated.name)
    if not name:
        problems.append(Problem(Code.WRONG_FORMAT, f"{field}.name", "空白"))
    if stated.kind == "person":
        number = resident_id(stated.id)
        if number is None or born_after(number, on):
            problems.append(Problem(Code.WRONG_PERSON_ID, f"{field}.id", stated.id))
            return Party("person", "", name)
        return Party("person", number, name)
    code = unit_code(stated.id)
    if code is None:
        problems.append(Problem(Code.WRONG_UNIT_CODE, f"{field}.id", stated.id))
    return Party("unit", code or "", name)


def account_of(stated: AccountStated, field: str, problems: list[Problem]) -> Account:
    """Bring a bank account to canonical form."""
    number = account_number(stated.number)
    if number is None:
        problems.append(Problem(Code.WRONG_ACCOUNT, f"{field}.number", stated.number))
        return _NOBODY
    return Account(person_name(stated.bank), number, person_name(stated.holder))


def check_date(applied_on: date, arrived_on: date, problems: list[Problem]) -> None:
    """An application cannot be dated after the message that brings it."""
    if applied_on > arrived_on:
        seen = f"{applied_on} 晚于 {arrived_on}"
        problems.append(Problem(Code.APPLIED_AFTER_ARRIVAL, "data.applied_on", seen))


def check_known(data: BaseModel, known: Known, problems: list[Problem]) -> None:
    """Programme, region, district and fund must be among those that the ledger knows."""
    for field, code, kind in _NAMING[type(data)]:
        value = getattr(data, field)
        if value is not None and value not in known[kind]:
            problems.append(Problem(code, f"data.{field}", value))


def check_plain(data: BaseModel, problems: list[Problem]) -> None:
    """No resident id may hide in a text that goes on to the ledger."""
    for field in _FREE[type(data)]:
        text = getattr(data, field)
        if text and names_a_person(text):
            problems.append(Problem(Code.IDENTITY_IN_TEXT, f"data.{field}"))


def check_line(data: BaseModel, problems: list[Problem]) -> None:
    """A statement line that is no payment must say whose money it is."""
    if isinstance(data, StatementLine) and data.kind in ("funds_received", "interest", "fee"):
        for field, value in (("fund", data.fund), ("district", data.district)):
            if value is None:
                problems.append(Problem(Code.MISSING_FIELD, f"data.{field}"))


def check_measure(data: BaseModel, problems: list[Problem]) -> None:
    """Evidence must state the measure of its kind, another benefit its name."""
    if isinstance(data, InstalmentEvidence):
        field = "contributed_fen" if data.kind == "contributions" else "days"
        if getattr(data, field) is None:
            problems.append(Problem(Code.MISSING_FIELD, f"data.{field}"))
    if isinstance(data, StatusChanged):
        of_benefit = data.status in ("receiving", "not_receiving")
        if of_benefit and data.benefit is None:
            problems.append(Problem(Code.MISSING_FIELD, "data.benefit"))


def check_facts_plain(facts: Mapping[str, FactValue], field: str, problems: list[Problem]) -> None:
    """Nor in a stated fact, nor a control character, which Postgres would not take."""
    for value in facts.values():
        if type(value) is str:
            if len(value) >= _LONG_ENOUGH and names_a_person(value):
                problems.append(Problem(Code.IDENTITY_IN_TEXT, field))
            if not value.isprintable() and not _CONTROL.isdisjoint(value):
                problems.append(Problem(Code.WRONG_FORMAT, field, "含控制字符"))


_LONG_ENOUGH = 18
_NAMES = (
    ("region", Code.UNKNOWN_REGION, 1),
    ("district", Code.UNKNOWN_REGION, 1),
    ("programme", Code.UNKNOWN_PROGRAMME, 0),
    ("fund", Code.UNKNOWN_FUND, 2),
)
_TEXTS = (
    "application",
    "line",
    "reason",
    "reviewer",
    "document",
    "code",
    "voucher",
    "course",
)
_MODELS: list[type[BaseModel]] = [*(entry.model for entry in TYPES.values()), BatchLine]
_NAMING = {model: [name for name in _NAMES if name[0] in model.model_fields] for model in _MODELS}
_BANK: tuple[type[BaseModel], ...] = (PaymentSettled, PaymentReturned)
"""A bank's own words: intake blots an id out of them, for a result must never be turned away."""

_FREE = {
    model: [] if model in _BANK else [name for name in _TEXTS if name in model.model_fields]
    for model in _MODELS
}
