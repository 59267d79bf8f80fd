"""Listing: every version of every programme in a line; every question in a workbook."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from events.days import legal_day
from policies.authoring.questions import Question
from policies.engine.registry import Policies
from services.spreadsheets.page_table import ColumnKind, PageColumn, PageTable
from services.spreadsheets.workbooks import workbook


class VersionRow(NamedTuple):
    """One version in a line."""

    programme: str
    version: str
    jurisdiction: str
    title: str
    window: str
    state: str
    cite: str
    conventions: int
    digest: str


def rows(policies: Policies) -> list[VersionRow]:
    """Every version by programme, place and date, with what it takes today."""
    today = legal_day(datetime.now(UTC))
    return [
        VersionRow(
            policy.text.policy,
            str(policy.text.version),
            f"{policies.cities.regions.get(policy.text.jurisdiction, '')} {policy.text.jurisdiction}".strip(),
            policy.text.title,
            policy.window.need,
            policy.window.state_on(today),
            policy.text.cite,
            len(policy.text.assume),
            policy.content_hash[:12],
        )
        for policy in sorted(policies, key=lambda one: one.name)
    ]


def as_json(listed: Sequence[VersionRow]) -> str:
    """The same for a program."""
    return json.dumps([row._asdict() for row in listed], ensure_ascii=False, indent=2)


def questions_workbook(asked: list[Question]) -> bytes:
    """What the legal owner must confirm, with columns for the answer."""
    columns: list[PageColumn[Question]] = [
        PageColumn("文号", lambda one: one.document),
        PageColumn("补贴项目", lambda one: one.title),
        PageColumn("类别", lambda one: one.kind),
        PageColumn("事项编号", lambda one: one.about),
        PageColumn("事项", lambda one: one.text),
        PageColumn("条款", lambda one: "；".join(one.clauses).replace("#", " ")),
        PageColumn("原文", lambda one: "；".join(one.quotes) or None),
        PageColumn("版本", lambda one: "、".join(one.versions), ColumnKind.ID),
        PageColumn("确认意见", lambda _one: None),
        PageColumn("确认人", lambda _one: None),
        PageColumn("日期", lambda _one: None),
    ]
    table = PageTable("questions", "待确认事项", columns, asked)
    return workbook(table, [("说明", "约定、默认值、未载明的标准；逐条填写确认意见后交回")])
