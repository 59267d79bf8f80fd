"""Semantics: what a well-formed message must still satisfy: real people, days, places, programmes.

Holds: each check appends what it finds; none stops at the first.
"""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType, UnionType
from typing import Annotated, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from events.application_facts import FactType
from events.application_facts.checking import BY_NAME
from events.canonical import compact, foreign_digit, person_name
from events.contract.inbound.applications import BatchLine
from events.contract.inbound.bank_results import PaymentReturned, PaymentSettled
from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.claims import Claim
from events.contract.inbound.documents import CALLED, not_yet_born, person_id
from events.contract.inbound.fields import AccountStated, PartyStated
from events.contract.inbound.figures import FigureStated
from events.contract.inbound.identity import (
    Account,
    Party,
    account_number,
    phone_number,
    unit_code,
)
from events.contract.inbound.private import names_a_person
from events.contract.inbound.rejections import Code, Problem
from events.contract.inbound.statements import WHOSE_MONEY, StatementLine
from events.contract.inbound.status import InstalmentEvidence, PriorUse, StatusChanged
from events.values import FactValue

_NOBODY = Account("", "", "")


NO_REGIONS: Mapping[str, str] = MappingProxyType({})


Objection = Callable[[str, str], str]
"""Why a source may not file for a region, or speak of a bank account; empty where it may."""


def no_objection(_source: str, _about: str) -> str:
    """Let every source file for every region: nobody has said otherwise."""
    return ""


class Known(NamedTuple):
    """What a message may name: programme ids, region codes with their names, fund ids; which programmes
    ask for the day of birth; the regions of any city with their names, and the cities of this ledger;
    which sources may file for which regions and speak of which bank accounts."""

    programmes: frozenset[str]
    regions: Mapping[str, str]
    funds: frozenset[str]
    asking_birth: frozenset[str] = frozenset()
    elsewhere: Mapping[str, str] = NO_REGIONS
    cities: tuple[str, ...] = ()
    objection: Objection = no_objection
    objection_to_account: Objection = no_objection


def party_of(stated: PartyStated, field: str, on: date, problems: list[Problem]) -> Party:
    """Bring a person or unit to canonical form; `on` is the day of arrival."""
    name = person_name(stated.name)
    if not name:
        problems.append(Problem(Code.WRONG_FORMAT, f"{field}.name", "空白"))
    elif (digit := foreign_digit(stated.name)) is not None:
        problems.append(Problem(Code.WRONG_FORMAT, f"{field}.name", digit))
    if stated.kind == "person":
        return Party("person", _person_id(stated, field, on, problems), name)
    code = unit_code(stated.id)
    if code is None:
        problems.append(Problem(Code.WRONG_UNIT_CODE, f"{field}.id", _seen(stated.id)))
    if stated.document != "resident_id" or stated.country is not None:
        problems.append(Problem(Code.WRONG_FORMAT, f"{field}.document", "单位不填证件种类"))
    return Party("unit", code or "", name)


def _person_id(stated: PartyStated, field: str, on: date, problems: list[Problem]) -> str:
    if (stated.document == "passport") != (stated.country is not None):
        if stated.country is None:
            problems.append(Problem(Code.MISSING_FIELD, f"{field}.country"))
        else:
            problems.append(Problem(Code.WRONG_FORMAT, f"{field}.country", "只有护照填签发国家"))
        return ""
    number = person_id(stated.document, stated.id, stated.country or "")
    if number is None or not_yet_born(number, on):
        remedy = ""
        if stated.document != "resident_id":
            remedy = f"请按{CALLED[stated.document]}上的号码填写。"
        problems.append(Problem(Code.WRONG_PERSON_ID, f"{field}.id", _seen(stated.id), remedy))
        return ""
    return number


def _seen(number: str) -> str:
    """A number as it was stated, with the digit that is none of ours."""
    digit = foreign_digit(number)
    return number if digit is None else f"{number}，其中 {digit}"


def account_of(stated: AccountStated, field: str, problems: list[Problem]) -> Account:
    """Bring a bank account to canonical form."""
    number = account_number(stated.number)
    if number is None:
        problems.append(Problem(Code.WRONG_ACCOUNT, f"{field}.number", _seen(stated.number)))
        return _NOBODY
    problems += [
        Problem(Code.WRONG_FORMAT, f"{field}.{name}", digit)
        for name in ("bank", "holder")
        if (digit := foreign_digit(getattr(stated, name))) is not None
    ]
    return Account(person_name(stated.bank), number, person_name(stated.holder))


def phone_of(stated: str | None, field: str, problems: list[Problem]) -> str:
    """Bring an applicant's phone to canonical form; what is none is not repeated."""
    number = phone_number(stated) if stated else ""
    if number is None:
        remedy = "手机号为 11 位数字；固定电话带区号。没有电话的不填。"
        problems.append(Problem(Code.WRONG_FORMAT, field, "", remedy))
    return number or ""


def check_date(applied_on: date, arrived_on: date, problems: list[Problem]) -> None:
    """An application cannot be dated after the message that brings it."""
    if applied_on > arrived_on:
        seen = f"{applied_on} 晚于 {arrived_on}"
        problems.append(Problem(Code.APPLIED_AFTER_ARRIVAL, "data.applied_on", seen))


def check_known(data: BaseModel, known: Known, problems: list[Problem]) -> None:
    """Programme, region, district and fund must be among those that the ledger knows."""
    for field, code, kind in _NAMING[type(data)]:
        value = getattr(data, field)
        if value is None or value in getattr(known, kind):
            continue
        if code is Code.UNKNOWN_REGION and value in known.elsewhere:
            seen = f"{value} {known.elsewhere[value]}；本台账的城市：{'、'.join(known.cities)}"
            problems.append(Problem(Code.REGION_OF_NO_CITY, f"data.{field}", seen))
        else:
            problems.append(Problem(code, f"data.{field}", value))


def check_source(data: BaseModel, source: str, known: Known, problems: list[Problem]) -> None:
    """Who sends a message must be one of those who may file for its region, or speak of its account."""
    for field in _PLACES[type(data)]:
        region = getattr(data, field)
        if region in known.regions and (wrong := known.objection(source, region)):
            problems.append(Problem(Code.REGION_OF_ANOTHER, f"data.{field}", wrong))
    account = getattr(data, "bank_account", None)
    if account is not None and (wrong := known.objection_to_account(source, account)):
        problems.append(Problem(Code.REGION_OF_ANOTHER, "data.bank_account", wrong))


def check_plain(data: BaseModel, problems: list[Problem]) -> None:
    """No identity may hide in a text that goes on to the ledger."""
    for field, words in _FREE[type(data)]:
        text = getattr(data, field)
        if text and names_a_person(text, words=words):
            problems.append(Problem(Code.IDENTITY_IN_TEXT, f"data.{field}"))
    if isinstance(data, PriorUse) and any(names_a_person(slot.key) for slot in data.slots):
        problems.append(Problem(Code.IDENTITY_IN_TEXT, "data.slots.key"))
    if isinstance(data, FigureStated) and names_a_person(str(data.value)):
        problems.append(Problem(Code.IDENTITY_IN_TEXT, "data.value"))


def check_line(data: BaseModel, problems: list[Problem]) -> None:
    """A statement line that is no payment must say whose money it is."""
    if isinstance(data, StatementLine) and data.kind in WHOSE_MONEY:
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
    """Nor in a stated fact."""
    for name, value in facts.items():
        if type(value) is str and len(value) >= _LONG_ENOUGH:
            words = not name.endswith(_NUMBERS)
            if names_a_person(value, words=words):
                problems.append(Problem(Code.IDENTITY_IN_TEXT, field))


def check_own(claim: Claim, field: str, problems: list[Problem]) -> None:
    """Nor the very names and numbers that the claim states where they belong."""
    own = {claim.beneficiary.id, claim.payee.id, claim.account.number, claim.phone} - {""}
    own |= {one.name for one in (claim.beneficiary, claim.payee) if one.kind == "person"}
    own = {text.upper() for text in own if len(text) > 1}
    texts = {
        f"{field}.facts.{name}": value
        for name, value in claim.facts.items()
        if type(value) is str and BY_NAME[name].type is FactType.TEXT
    }
    texts |= {"data.application": claim.application, f"{field}.line": claim.line}
    for where, text in texts.items():
        compacted = compact(text)
        if any(one in compacted for one in own):
            problems.append(Problem(Code.IDENTITY_IN_TEXT, where))


_LONG_ENOUGH = 15
_NUMBERS = (".number", ".code")
_NAMES = (
    ("region", Code.UNKNOWN_REGION, "regions"),
    ("district", Code.UNKNOWN_REGION, "regions"),
    ("jurisdiction", Code.UNKNOWN_REGION, "regions"),
    ("programme", Code.UNKNOWN_PROGRAMME, "programmes"),
    ("fund", Code.UNKNOWN_FUND, "funds"),
)
_NO_TEXT = frozenset(
    {"bank_account", "channel", "programme", "region", "district", "fund", "ceiling", "month"}
    | {"instruction", "replaces", "benefit", "jurisdiction", "name", "value"}
)
"""Texts of few forms, in which nobody's number fits."""
_WORDS = frozenset({"reason", "purpose"})
_MODELS: list[type[BaseModel]] = [*(entry.model for entry in TYPES.values()), BatchLine]
_NAMING = {model: [name for name in _NAMES if name[0] in model.model_fields] for model in _MODELS}
_PLACES = {
    model: [name for name, code, _ in _NAMING[model] if code is Code.UNKNOWN_REGION]
    for model in _MODELS
}
_BANK: tuple[type[BaseModel], ...] = (PaymentSettled, PaymentReturned, StatementLine)
_BANKS_WORDS = frozenset({"code", "reason", "reference", "purpose", "bank_reference"})
"""A bank's own words: intake blots an id out of them, for a result must never be turned away."""


def _free_texts(model: type[BaseModel]) -> list[tuple[str, bool]]:
    """The texts of a message that carry whatever was typed, and whether they are words."""
    blotted = _BANKS_WORDS if model in _BANK else frozenset({"bank_reference"})
    found = []
    for name, field in model.model_fields.items():
        if name not in _NO_TEXT | blotted and _is_text(field.annotation):
            found.append((name, name in _WORDS))
    return found


def _is_text(stated: object) -> bool:
    if get_origin(stated) in (Union, UnionType):
        return any(_is_text(option) for option in get_args(stated))
    return stated is str or (get_origin(stated) is Annotated and get_args(stated)[0] is str)


_FREE = {model: _free_texts(model) for model in _MODELS}
