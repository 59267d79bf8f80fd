"""Schemas: what the files of a city's folder may say, as JSON Schema, for editors.

In:    the models by which the files are read, the declared figures, the models of banks' layouts
Out:   `docs/reference/schemas/city/*.json`
Holds: an editor and `city check` refuse the same spelling, since both come from one model
"""

import json
from collections.abc import Mapping
from typing import Any

from policies.cities.model import AccountsFile, CityFile
from policies.engine.versions import ROOT
from policies.reference_data.figure_reading import load_standards
from policies.reference_data.standards import Declared, FigureType
from policies.reference_data.targets import Targets
from services.banking.banks.layouts import AnswerLayout, PaymentFileLayout, StatementLayout

_DRAFT = "https://json-schema.org/draft/2020-12/schema"
_DAY = {"type": "string", "format": "date"}
_SUM = {"type": "integer", "minimum": 1}
_VALUES: Mapping[FigureType, dict[str, Any]] = {
    "count": {"type": "integer", "minimum": 0},
    "yuan": {"type": "integer", "minimum": 0, "description": "元"},
    "period": {"type": "string", "pattern": "^[0-9]+[DMY]$", "description": "12M、30D、1Y"},
    "month": {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"},
    "fraction": {
        "type": "string",
        "pattern": r"^([0-9]+/[1-9][0-9]*|[0-9]+(\.[0-9]+)?%?)$",
        "description": "30%、2/3",
    },
    "list": {"type": "array", "items": {"type": "string"}, "minItems": 1},
    "word": {"type": "string"},
    "table": {"type": "object", "additionalProperties": _SUM, "minProperties": 1},
    "rates": {
        "type": "object",
        "additionalProperties": {"type": "object", "additionalProperties": _SUM},
        "minProperties": 1,
    },
}


def city_schemas() -> dict[str, str]:
    """Every schema by the name of its file."""
    declared = load_standards(ROOT / "parameters").declared
    groups: dict[str, dict[str, Declared]] = {}
    for name, one in declared.items():
        group, _, short = name.partition(".")
        groups.setdefault(group, {})[short] = one
    found = {
        "city.json": _headed("city.yaml：城市、区划、来源、人员", CityFile.model_json_schema()),
        "accounts.json": _headed("accounts.yaml：付款账户", AccountsFile.model_json_schema()),
        "targets.json": _headed("targets.yaml：年度目标", Targets.model_json_schema()),
        "layout.json": _layout(),
    }
    for group, names in groups.items():
        found[f"figures-{group}.json"] = _figures(group, names)
    return {
        name: json.dumps(one, ensure_ascii=False, indent=2) + "\n" for name, one in found.items()
    }


def _headed(title: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"$schema": _DRAFT, **schema, "title": title}


def _figures(group: str, names: Mapping[str, Declared]) -> dict[str, Any]:
    """The figures of one group, each with its label, why the city sets it, and what may be written."""
    return {
        "$schema": _DRAFT,
        "title": f"figures/{group}/<区划代码>.yaml",
        "type": ["object", "null"],
        "additionalProperties": False,
        "properties": {
            short: {
                "title": f"{one.label}{f'（{one.unit}）' if one.unit else ''}",
                "description": one.why,
                "type": "array",
                "minItems": 1,
                "items": _row(one),
            }
            for short, one in names.items()
        },
    }


def _row(declared: Declared) -> dict[str, Any]:
    value = _VALUES[declared.type]
    if declared.values:
        value = {**value, "enum": declared.values}
    text = {"type": "string", "minLength": 1}
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["from"],
        "properties": {
            "from": {**_DAY, "description": "第一天"},
            "to": {**_DAY, "description": "最后一天；不写就一直有效"},
            "value": value,
            "same_as": {**text, "description": "与另一参数相同"},
            "cite": {**text, "description": "文号#条款"},
            "quote": {**text, "description": "原文"},
            "source": {**text, "description": "没有登记的文件：写文号"},
            "from_age": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
        "allOf": [
            {"oneOf": [{"required": ["value"]}, {"required": ["same_as"]}]},
            {"oneOf": [{"required": ["source"]}, {"required": ["cite", "quote"]}]},
        ],
    }


def _layout() -> dict[str, Any]:
    """A bank's file: each section written out, or the name of the bank that has the same one."""
    sections, definitions = dict[str, Any](), dict[str, Any]()
    for name, model in (
        ("payment_file", PaymentFileLayout),
        ("answer", AnswerLayout),
        ("statement", StatementLayout),
    ):
        schema = model.model_json_schema(ref_template="#/$defs/{model}")
        definitions |= schema.pop("$defs", {})
        definitions[model.__name__] = schema
        sections[name] = {"oneOf": [{"type": "string"}, {"$ref": f"#/$defs/{model.__name__}"}]}
    return {
        "$schema": _DRAFT,
        "title": "layouts/<银行>.yaml：付款文件、回盘、对账单",
        "type": "object",
        "additionalProperties": False,
        "required": ["title"],
        "properties": {"title": {"type": "string"}, **sections},
        "$defs": definitions,
    }
