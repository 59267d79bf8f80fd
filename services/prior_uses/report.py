"""Report: what became of each row of a file, in the words of the form.

In:   a checked file, and what the ledger has of it already (None where it was not asked)
Out:  a line a row, in the file's order, and the counts of each kind
Holds: names and numbers leave masked.
"""

from collections import Counter
from typing import Literal, NamedTuple

from events.money import yuan
from events.values import CapSlot
from services.prior_uses.checking import CheckedPriorUses, PriorUseRow
from services.prior_uses.comparing import Compared
from services.runtime.masking import masked_name, masked_number

RowFinding = Literal["accepted", "doubtful", "refused", "twice", "known"]

WORDS: dict[RowFinding, str] = {
    "accepted": "可导入",
    "doubtful": "可导入，存疑",
    "refused": "退回",
    "twice": "本文件内重复",
    "known": "台账已有",
}


class PriorUseReportLine(NamedTuple):
    """One row of the file (0 is the file itself)."""

    row: int
    finding: RowFinding
    name: str
    number: str
    programme: str
    uses: str
    amount_fen: int | None
    remark: str


def report(checked: CheckedPriorUses, compared: Compared | None) -> list[PriorUseReportLine]:
    """Tell every row."""
    lines = [_line(use, compared) for use in checked.uses]
    lines += [
        PriorUseReportLine(one.row, "twice", "", "", "", "", None, _twice(one.first))
        for one in checked.twice
    ]
    wrong: dict[int, list[str]] = {}
    for problem in checked.problems:
        wrong.setdefault(problem.row, []).append(problem.text)
    lines += [
        PriorUseReportLine(row, "refused", "", "", "", "", None, "".join(texts))
        for row, texts in wrong.items()
    ]
    return sorted(lines)


def _twice(first: int) -> str:
    return f"与第 {first} 行完全相同，只计一次；若确是两次，请在文号后加序号区分"


def counts(lines: list[PriorUseReportLine]) -> dict[RowFinding, int]:
    """Count the rows of each kind, those without any left at 0."""
    found = Counter(line.finding for line in lines)
    return {finding: found[finding] for finding in WORDS}


def summary(lines: list[PriorUseReportLine], total_fen: int) -> str:
    """Say in one sentence what a file holds."""
    counted = "，".join(
        f"{WORDS[finding]} {number} 行" for finding, number in counts(lines).items()
    )
    return f"{counted}；计入金额 {yuan(total_fen)} 元。"


def _line(use: PriorUseRow, compared: Compared | None) -> PriorUseReportLine:
    doubts = list(use.doubts)
    finding: RowFinding = "doubtful" if doubts else "accepted"
    if compared is not None and use.row in compared.known:
        finding, doubts = "known", ["台账已记过这一次，再导入不会重复计"]
    elif compared is not None:
        if use.row in compared.overlaps:
            doubts.append(f"同一限额已由申请 {compared.overlaps[use.row]} 占用，请核对是否同一笔")
        if use.row in compared.alike:
            doubts.append("台账已有同一文书、同一日、同一次，金额或月数不同，将另计一次，请核对")
        finding = "doubtful" if doubts else finding
    person = use.party.kind == "person"
    return PriorUseReportLine(
        use.row,
        finding,
        masked_name(use.party.name) if person else use.party.name,
        masked_number(use.party.id) if person else use.party.id,
        use.programme,
        "；".join(map(_use, use.slots)),
        use.amount_fen,
        "；".join(doubts),
    )


def _use(slot: CapSlot) -> str:
    """One use of a cap, as people say it."""
    if slot.months:
        return f"计 {slot.months} 个月"
    if slot.key:
        return f"不重复：{slot.key.replace('|', ' ')}"
    return "终身计 1 次" if slot.period == "*" else f"{slot.period} 年计 1 次"
