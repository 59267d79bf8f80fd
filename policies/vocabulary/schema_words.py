"""Schema words: what pydantic finds wrong with a file, said in Chinese.

Holds: an error that has no words here is said as pydantic says it, never dropped
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from policies.vocabulary.files import FileProblem, Parsed

_ERROR_WORDS: Mapping[str, str] = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这个词，请核对拼写",
    "literal_error": "只能是 {expected}",
    "enum": "只能是 {expected}",
    "string_type": "应为文本",
    "string_pattern_mismatch": "写法不对，应合 {pattern}",
    "string_too_short": "太短，至少 {min_length} 个字",
    "string_too_long": "太长，至多 {max_length} 个字",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数，不用小数",
    "bool_type": "应为 true 或 false",
    "date_type": "应为日期，写成 2022-08-31",
    "date_parsing": "应为日期，写成 2022-08-31",
    "date_from_datetime_parsing": "应为日期，写成 2022-08-31",
    "date_from_datetime_inexact": "应为日期，不带时间",
    "list_type": "应为列表",
    "tuple_type": "应为列表",
    "dict_type": "应为键值对",
    "model_type": "应为键值对",
    "model_attributes_type": "应为键值对",
    "none_required": "应为空",
    "too_short": "至少要有 {min_length} 项",
    "too_long": "至多 {max_length} 项",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "union_tag_not_found": "缺少 {discriminator}",
    "union_tag_invalid": "{discriminator} 为“{tag}”，只能是 {expected_tags}",
}


def error_in_words(wrong: Mapping[str, Any]) -> str:
    """Say one error of pydantic's list."""
    context = wrong.get("ctx") or {}
    if wrong["type"] == "value_error":
        return str(context.get("error", wrong["msg"]))
    words = _ERROR_WORDS.get(wrong["type"])
    if words is None:
        return str(wrong["msg"])
    return words.format_map({name: _plain(value) for name, value in context.items()})


def in_words(error: ValueError) -> str:
    """Say an error of a file: pydantic's own part by part, any other as it says itself."""
    if not isinstance(error, ValidationError):
        return str(error)
    parts = []
    for wrong in error.errors():
        where = ".".join(map(str, wrong["loc"]))
        parts.append(f"{where}：{error_in_words(wrong)}" if where else error_in_words(wrong))
    return "；".join(parts)


def file_problems(
    file: Parsed, error: ValueError, part: tuple[str | int, ...] = ()
) -> Iterator[FileProblem]:
    """Say an error of a file's model, or of the model of a part of it, each on the line where it stands."""
    if not isinstance(error, ValidationError):
        yield FileProblem(file.path, file.line(part), str(error))
        return
    for wrong in error.errors():
        loc = (*part, *wrong["loc"])
        stands = tuple(one for one in loc if not isinstance(one, str) or _is_key(file, one))
        words = error_in_words(wrong)
        where = ".".join(map(str, loc))
        yield FileProblem(file.path, file.line(stands), f"{where}：{words}" if where else words)


def _is_key(file: Parsed, part: str) -> bool:
    """Whether a part of an error's path is a key of the file, not the name of a kind."""
    return any(part in where for where in file.lines)


def _plain(value: object) -> str:
    return str(value).replace(" or ", "、").replace(", ", "、").replace("'", "")
