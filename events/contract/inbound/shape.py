"""Shape: what pydantic found, as problems of the contract.

Holds: a problem's field is made of the contract's own names; what the sender wrote stands in
       `seen` alone.
"""

from pydantic import ValidationError

from events.canonical import unseen
from events.contract.inbound.fields import FORMAT_ERROR, NAME_ERROR
from events.contract.inbound.rejections import Code, Problem

_MONEY = ("amount_fen", "opening_balance_fen", "balance_after_fen")
_SHOWN = 60
_LOOKED_AT = 1_000


def problems_of(error: ValidationError, prefix: str) -> list[Problem]:
    """Translate; required fields that are missing come first, as in the order of `Code`."""
    problems = [
        _problem(found["type"], found["loc"], found.get("input"), prefix)
        for found in error.errors(include_url=False, include_context=False)
    ]
    order = list(Code)
    return sorted(problems, key=lambda problem: order.index(problem.code))


def _problem(kind: str, loc: tuple[int | str, ...], value: object, prefix: str) -> Problem:
    names = [part for part in loc if isinstance(part, str)]
    places = "".join(f"，第 {part + 1} 项" for part in loc if isinstance(part, int))
    if kind == "extra_forbidden":
        return Problem(Code.UNKNOWN_FIELD, ".".join([prefix, *names[:-1]]), names[-1][:_SHOWN])
    field = ".".join([prefix, *names])
    if kind == "missing":
        return Problem(Code.MISSING_FIELD, field, places.lstrip("，"))
    seen = _shown(value) + places
    if isinstance(value, str) and (hidden := unseen(value[:_LOOKED_AT])) is not None:
        return Problem(Code.HIDDEN_CHARACTER, field, hidden + places)
    if kind == NAME_ERROR:
        return Problem(Code.WRONG_FORMAT, field, seen, "请填写完整的姓名或名称，至少两个字。")
    if kind == FORMAT_ERROR:
        return Problem(Code.WRONG_DATE, field, seen)
    if names and names[-1] in _MONEY:
        return Problem(Code.WRONG_AMOUNT, field, seen)
    return Problem(Code.WRONG_FORMAT, field, seen)


def _shown(value: object) -> str:
    match value:
        case dict():
            return "对象"
        case list():
            return "列表"
        case None:
            return "空值"
        case _:
            return str(value)[:_SHOWN]
