"""Report: what became of each row of a file of applications, in the words of the form.

In:   a checked file, and what the ledger has of it already (None where it was not asked)
Out:  a line a row, in the file's order, and the counts of each kind
Holds: names and numbers leave masked
"""

from collections import Counter
from collections.abc import Mapping
from typing import Literal, NamedTuple

from events.contract.inbound.identity import Party
from services.application_files.checking import CheckedApplications, StatedApplication
from services.runtime.masking import masked_name, masked_number

ApplicationFinding = Literal["taken", "refused", "conflicting", "twice", "known"]

WORDS: dict[ApplicationFinding, str] = {
    "taken": "可报送",
    "refused": "退回",
    "conflicting": "台账已有，内容不同",
    "twice": "本文件内重复",
    "known": "台账已有",
}
_CONFLICTING = (
    "台账已有这个编号的申请，内容不同：报送后原申请不变，只记内容冲突。要改请发更正，或另编号"
)


class ApplicationReportLine(NamedTuple):
    """One row of the file (0 is the file itself)."""

    row: int
    finding: ApplicationFinding
    application: str
    programme: str
    name: str
    number: str
    payee: str
    remark: str


def report(
    checked: CheckedApplications, recorded: Mapping[str, str] | None
) -> list[ApplicationReportLine]:
    """Tell every row; `recorded` are the contents that the ledger has, by application."""
    lines = [_line(one, recorded or {}) for one in checked.applications]
    lines += [
        _empty(one.row, "twice", f"与第 {one.first} 行完全相同，只报送一次")
        for one in checked.twice
    ]
    wrong: dict[int, list[str]] = {}
    for problem in checked.problems:
        wrong.setdefault(problem.row, []).append(problem.text)
    lines += [_empty(row, "refused", "".join(texts)) for row, texts in wrong.items()]
    return sorted(lines)


def counts(lines: list[ApplicationReportLine]) -> dict[ApplicationFinding, int]:
    """Count the rows of each kind, those without any left at 0; the file itself is no row."""
    found = Counter(line.finding for line in lines if line.row)
    return {finding: found[finding] for finding in WORDS}


def summary(lines: list[ApplicationReportLine]) -> str:
    """Say in one sentence what a file holds."""
    return "，".join(f"{WORDS[one]} {number} 行" for one, number in counts(lines).items()) + "。"


def _line(one: StatedApplication, recorded: Mapping[str, str]) -> ApplicationReportLine:
    claim = one.claim
    known = recorded.get(claim.key)
    finding: ApplicationFinding = (
        "taken" if known is None else "known" if known == claim.digest else "conflicting"
    )
    remark = {"known": "再报送没有影响", "conflicting": _CONFLICTING}.get(finding, "")
    number = claim.beneficiary.id
    return ApplicationReportLine(
        one.row,
        finding,
        claim.application,
        claim.programme,
        _name(claim.beneficiary),
        masked_number(number) if claim.beneficiary.kind == "person" else number,
        "" if claim.payee == claim.beneficiary else _name(claim.payee),
        remark,
    )


def _name(party: Party) -> str:
    return masked_name(party.name) if party.kind == "person" else party.name


def _empty(row: int, finding: ApplicationFinding, remark: str) -> ApplicationReportLine:
    return ApplicationReportLine(row, finding, "", "", "", "", "", remark)
