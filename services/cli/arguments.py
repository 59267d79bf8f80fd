"""Arguments: what several commands are given, and how it is read."""

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.runtime.errors import OperatingFailure

if TYPE_CHECKING:
    from services.runtime.settings import Settings

ME = getpass.getuser()
"""Who acts, where nobody else is named."""


class NoFile(OperatingFailure):
    """The file that was named cannot be read."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"读不了文件 {path}：{why}。", "请核对路径和权限，再试一次。")


def _readable(path: Path) -> Path:
    try:
        with path.open("rb"):
            return path
    except OSError as error:
        raise NoFile(path, error.strerror or str(error)) from error


MessageFile = Annotated[
    Path, typer.Argument(callback=_readable, help="报文文件：每行一条 JSON，或整份一条、一个数组")
]


class BadSettings(OperatingFailure):
    """Something that was set from outside cannot be meant."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(
            f"设置有误：{'；'.join(problems)}。",
            "改好环境变量或 .env；各项含义见 docs/reference/settings.md。",
        )


def read_settings(**given: Any) -> "Settings":
    """Read the settings of this ledger; what is given goes before what is set.

    Raises: BadSettings
    """
    from pydantic import ValidationError

    from services.runtime.settings import PREFIX, Settings

    try:
        return Settings(**given)
    except ValidationError as error:
        raise BadSettings(
            [
                f"{PREFIX}{'_'.join(map(str, one['loc'])).upper()} {one['msg']}"
                if one["loc"]
                else one["msg"]
                for one in error.errors()
            ]
        ) from error
