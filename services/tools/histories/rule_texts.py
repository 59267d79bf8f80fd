"""Rule texts: what a decision cites by its hash, as the ledger has kept it, for a terminal."""

import json

from policies.reference_data.bundle_texts import read_bundle
from policies.reference_data.figure_history import history
from policies.reference_data.figure_texts import write_value
from projections.queries import rule_texts
from services.machine.connections import books
from services.runtime.errors import OperatingFailure
from services.wording import figures


class NoSuchText(OperatingFailure):
    """No decision cites this hash, or several begin like it."""

    def __init__(self, digest: str) -> None:
        super().__init__(
            f"台账没有摘要为 {digest} 的条文或参数。",
            "请给出完整的摘要；尚无决定引用的版本，见 policies card。",
        )


async def rule_text(dsn: str, digest: str) -> list[str]:
    """A policy's version, or the figures that it used, as they were.

    Raises: NoSuchText, DatabaseAway, BooksMissing
    """
    async with books(dsn) as connection:
        found = await rule_texts.kept(connection, digest)
    if found is None:
        raise NoSuchText(digest)
    first = f"{found.hash}  首次引用 {figures.moment(found.kept_at)}"
    if found.kind == "policy":
        return [first, json.dumps(json.loads(found.text), ensure_ascii=False, indent=2)]
    lines = [first]
    for name, rows in read_bundle(found.text).items():
        lines += [
            f"{name}  {span.first} 至 {span.last or '今'}  "
            f"{write_value(span.row.value) if span.row.value is not None else f'同 {span.row.same_as}'}  "
            f"{span.document or '未载明，系统默认'}"
            for span in history(rows)
        ] or [f"{name}  无规定"]
    return lines if len(lines) > 1 else [first, "这一版没有用到参数。"]
