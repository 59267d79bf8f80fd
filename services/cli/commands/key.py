"""The commands `benefit-ledger key …`: the vault's master key is made, taken and shown for saving.

`key make` also makes the keys of ledger and commands, a folder for each process.

Compose runs `key make` once before the processes, so that a new ledger has a key.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from services.runtime.errors import NotConfigured
from services.runtime.seals.key_files import make_keys
from services.runtime.settings import Settings
from services.runtime.vault import load_key_file, make_key_file, take_key_file

app = typer.Typer(name="key", help="身份库的密钥：生成、取用、取出备份。", no_args_is_help=True)

SAVE = """\
已生成身份库密钥 {path}。没有它，登记过的姓名、证件号和账户就再也读不出来，任何人都补不回来。
请现在取出一份，另存到这台机器之外（密码柜、U 盘），不要和数据库备份放在一起：
    {show}
"""
_HERE = "benefit-ledger key show > 另处的文件"
_CONTAINER = "docker compose run --rm -T keys key show > 另处的文件"


@app.command()
def make(
    *,
    given: Annotated[
        Path | None, typer.Option(help="已有的密钥文件；有内容就取用它，而不另生成")
    ] = None,
) -> None:
    """没有密钥就生成一把；已有的保持不变。"""
    path = Settings().vault_key_file
    if given is not None and (text := _read(given)).strip():
        _taken(path, text, str(given))
    elif make_key_file(path):
        show = _HERE if given is None else _CONTAINER
        typer.echo(SAVE.format(path=path, show=show))
    else:
        load_key_file(path)
        typer.echo(f"身份库密钥 {path} 已有，保持不变。")
    folder = Settings().keys_dir
    if make_keys(folder):
        typer.echo(f"已生成总账和命令的密钥 {folder}，一个进程一个目录；请备份 {folder / 'desk'}。")


@app.command()
def take() -> None:
    """从标准输入取用一把已有的密钥，例如恢复旧台账时。"""
    _taken(Settings().vault_key_file, sys.stdin.buffer.read(), "（标准输入）")


@app.command()
def show() -> None:
    """把密钥写到标准输出，供另存备份。"""
    path = Settings().vault_key_file
    load_key_file(path)
    if sys.stdout.isatty():
        raise NotConfigured(
            "密钥不显示在屏幕上。", "请写进文件：benefit-ledger key show > 另处的文件"
        )
    typer.echo(path.read_text().strip())


def _taken(path: Path, text: bytes, source: str) -> None:
    if take_key_file(path, text, source):
        typer.echo(f"已取用给定的身份库密钥，存为 {path}。")
    else:
        typer.echo(f"{path} 里正是这把密钥，保持不变。")


def _read(given: Path) -> bytes:
    try:
        return given.read_bytes()
    except OSError as error:
        raise NotConfigured(
            f"读不了给定的密钥文件 {given}：{error.strerror}。",
            "容器里的用户没有读它的权限。请改用标准输入：不设 VAULT_KEY_FILE，先运行 "
            "docker compose run --rm -T keys key take < 密钥文件，再 docker compose up --wait。",
        ) from error
