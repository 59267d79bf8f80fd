"""Words: no code of a decider, no coded field and no state reaches a person without its Chinese."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

import services
from events import FACTS as FACT_TYPES
from events import codes as coded_words
from events.contract.inbound.rejections import WORDINGS, Code
from events.contract.schemas import codes_page
from policies.vocabulary.outcomes import Deny, Refer
from projections.queries.differences import DifferenceKind
from projections.read_models.catalogue import TABLES
from services.wording import languages, states
from services.wording.coded_words import CODED, coded
from services.wording.fact_names import FACTS, fact_name
from services.wording.reasons import REASONS
from services.wording.refusals import refused, words_of

ROOT = Path(services.__file__).parent
DECIDERS = ("deciders", "streams")
CODE = re.compile(r"[A-Z][A-Z]+(_[A-Z]+)*")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NO_CODES = {"AT_GRANT"}


def codes() -> Iterator[str]:
    """Every code that stands anywhere in a decider's source."""
    for room in DECIDERS:
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                text = node.value if isinstance(node, ast.Constant) else None
                if isinstance(text, str) and CODE.fullmatch(text):
                    yield text


def values(hint: Any) -> Iterator[str]:
    """Every value of the Literal types within a type."""
    if get_origin(hint) is Literal:
        yield from get_args(hint)
        return
    for part in get_args(hint):
        if not isinstance(part, str):
            yield from values(part)


CODED_FIELDS = {
    f"{name}.{field}": sorted(set(values(hint)))
    for name, model in FACT_TYPES.items()
    for field, hint in get_type_hints(model).items()
    if set(values(hint))
}


def test_every_decider_is_walked() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in ROOT.rglob("decider.py")} == {"deciders"}
    assert len(set(codes())) > 70


@pytest.mark.parametrize("code", sorted(set(codes()) - NO_CODES))
def test_every_code_of_a_decider_has_its_words(code: str) -> None:
    assert CHINESE.search(words_of(code)), code
    assert CHINESE.search(refused("AnyCommand", code)), code


@pytest.mark.parametrize("code", sorted(set(codes()) - NO_CODES))
def test_every_code_of_a_decider_is_on_the_page_of_codes_with_what_to_do(code: str) -> None:
    known = coded_words.coded(code)
    assert known is not None
    assert CHINESE.search(known.wrong)
    assert CHINESE.search(known.do)
    assert f"| `{code}` | {known.wrong} | {known.do} |" in codes_page.page()


TOLD_BY_CODE = (
    "ApprovalRevoked.cause", "ClawbackOrdered.cause", "InstalmentStopped.reason",
    "InstalmentWaits.needs", "VoucherStepKept.step",
)  # fmt: skip


@pytest.mark.parametrize("field", TOLD_BY_CODE)
def test_every_value_that_an_outcome_tells_as_a_code_is_on_the_page_of_codes(field: str) -> None:
    for value in CODED_FIELDS[field]:
        assert coded_words.coded(value.upper()) is not None, value
        assert f"| `{value.upper()}` |" in codes_page.page()


def test_every_code_of_a_refused_message_is_on_the_page_of_codes_with_what_to_do() -> None:
    for code, words in WORDINGS.items():
        assert CHINESE.search(words.remedy_zh)
        assert f"| `{code.value}` | {words.wrong_zh} |" in codes_page.page()


@pytest.mark.parametrize("outcome", [Deny, Refer])
def test_every_reason_of_a_rule_has_its_words(outcome: type) -> None:
    for code in values(get_type_hints(outcome)["code"]):
        assert CHINESE.search(REASONS[code]), code


@pytest.mark.parametrize("field", CODED_FIELDS)
def test_every_coded_field_of_a_fact_has_words_for_all_its_values(field: str) -> None:
    for value in CODED_FIELDS[field]:
        assert CHINESE.search(coded(field, value)), (field, value)


def test_no_words_are_left_of_a_field_that_there_is_no_more() -> None:
    assert set(CODED) == set(CODED_FIELDS)
    assert set(FACTS) == set(FACT_TYPES)


def test_a_fact_goes_by_its_own_name_in_english() -> None:
    languages.choose("en")
    try:
        assert fact_name("DeadlineMissed") == "Deadline missed"
        assert refused("ReleaseBatch", "NOT_SENT") == "Not sent"
    finally:
        languages.choose("zh")
    assert fact_name("DeadlineMissed") == "逾期未拨付"


def test_every_kind_of_difference_has_its_words() -> None:
    assert set(states.DIFFERENCE_KINDS) == set(values(DifferenceKind))


def test_every_reason_to_refuse_a_message_has_its_words() -> None:
    assert set(WORDINGS) == set(Code)
    assert all(CHINESE.search(WORDINGS[code].wrong_zh) for code in Code)


SHOWN: Mapping[str, Mapping[str, states.State]] = {
    "applications": states.APPLICATIONS,
    "batches": states.BATCHES,
    "batch_lines": states.LINES,
    "disbursements": states.DISBURSEMENTS,
    "imports": states.PRIOR_USE_FILES,
    "submissions": states.SUBMISSIONS,
}


@pytest.mark.parametrize("table", SHOWN)
def test_every_state_that_a_read_model_can_show_has_its_words(table: str) -> None:
    (model,) = [one for one in TABLES if one.name == table]
    (column,) = [one for one in model.columns if one.name == "state"]
    named = re.sub(r"\(.*?\)", "", column.meaning)
    for state in re.findall(r"[a-z_]+", named.replace(" or ", ", ")):
        assert CHINESE.search(SHOWN[table][state].word), (table, state)
