"""Arguments of `benefit-ledger policies …`, and where the repository keeps its cases."""

from pathlib import Path
from typing import Annotated

import typer

_REPOSITORY = Path(__file__).parents[4]
CASES = _REPOSITORY / "tests" / "policies"
KNOWN_MUTANTS = _REPOSITORY / ".venv" / ".mutants.json"

Name = Annotated[str, typer.Argument(help="版本名（见 policies list），或唯一的开头")]
Parameters = Annotated[
    Path | None,
    typer.Option("--parameters", help="市里自己的参数目录", file_okay=False, exists=True),
]
