"""File answers: what the ledger said of a file that one person hands in and another releases.

In:   the file's number, the answer or none yet, what each fact and refusal is called here
Out:  a line on the screen; exit code 1 where it was refused
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import typer

from services.cli.screen import console

if TYPE_CHECKING:
    from projections.queries.command_answers import CommandAnswer

_NO_ANSWER = "已提交，尚未答复；稍后用 list 查看"
_NO_CHANGE = "没有变化：以前已办过"


def tell(
    number: str,
    answer: "CommandAnswer | None",
    facts: Mapping[str, str],
    refused: Callable[[str], str],
) -> None:
    """Tell what came of an act; `refused` words a code, with its full stop where it has one."""
    if answer is not None and answer.refused:
        said = refused(answer.refusal_code)
        console.print(f"{number}：{said}", highlight=False, markup=False)
        raise typer.Exit(1)
    known = {"": _NO_CHANGE, **facts}
    said = _NO_ANSWER if answer is None else known.get(answer.fact, answer.fact)
    console.print(f"{number}：{said}。", highlight=False)


def released_by_another(not_held: str, empty: str) -> Callable[[str], str]:
    """Words for the refusals of a file that a second person releases."""
    words = {
        "SAME_PERSON": "提交人不能放行或退回自己的文件。请由另一人办理；本次尝试已记录",
        "NOT_HELD": not_held,
        "STALE": "名单已变化。请重新核对后再放行",
        "EMPTY": empty,
    }
    return lambda code: f"{words.get(code, '未办理')}［{code}］。"
