"""Batch: the result of an employer's whole batch, line by line, as the books have it.

In:   a batch's key, the books
Out:  lines of Chinese text
"""

from events.money import yuan
from policies.engine.registry import Policies
from projections.queries import submissions
from projections.queries.submissions import LineAnswer
from services.machine.connections import books
from services.outcomes.reason_texts import ENDING_WORDS, reason_text
from services.runtime.errors import OperatingFailure


class NoBatch(OperatingFailure):
    """No batch has this key."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"没有找到批量申报 {key}。",
            "请核对编号（来源:申请号，不带行号），或稍候再查：报文可能还在受理中。",
        )


_STATES = {"open": "办理中", "decided": "每行已答复，仍有待办", "closed": "已办结"}


async def result(dsn: str, key: str, policies: Policies) -> list[str]:
    """Tell how a batch ended: in one sentence, then each line with its reason and clauses.

    Raises: NoBatch, DatabaseAway, BooksMissing
    """
    async with books(dsn) as connection:
        batch = await submissions.summary(connection, key)
        if batch is None:
            raise NoBatch(key)
        rows = await submissions.answers_to_lines(connection, key)
    granted = [row for row in rows if row.outcome == "granted"]
    open_lines = sum(row.outcome is None for row in rows)
    lines = [f"{key}  {batch.programme}  {batch.region}  申请日 {batch.applied_on}"]
    counts = [
        f"{word} {number} 行"
        for outcome, word in ENDING_WORDS.items()
        if (number := sum(row.outcome == outcome for row in rows))
    ]
    if open_lines:
        counts.append(f"办理中 {open_lines} 行")
    lines.append(
        f"{_STATES[batch.state or 'open']}：共 {len(rows)} 行，{'，'.join(counts)}；"
        f"核准 {yuan(sum(row.amount_fen or 0 for row in granted))} 元。"
    )
    for row in rows:
        money = f"  {yuan(row.amount_fen or 0)} 元" if row.outcome == "granted" else ""
        word = ENDING_WORDS[row.outcome] if row.outcome else "办理中"
        lines.append(f"第 {row.no} 行  行号 {row.line}  {word}{money}")
        lines += [f"    {line}" for line in _why(row, policies)]
    return lines


def _why(row: LineAnswer, policies: Policies) -> list[str]:
    code = row.code or ""
    lines = [f"{reason_text(code, row.field or '')}［{code}］"] if code else []
    try:
        nodes = policies.policy(row.policy_hash or "").nodes
    except KeyError:  # no rule decided, or one that this release no longer ships
        return lines
    for name in row.failing:
        if name in nodes and nodes[name].kind not in ("all", "any"):
            node = nodes[name]
            lines.append(f"“{node.quote or node.need}” {node.cite.replace('#', ' ')}")
    return lines
