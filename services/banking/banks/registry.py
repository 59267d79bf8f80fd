"""Registry: every bank of this folder, or of another, by the name of its file.

In:   `<bank>.yaml` with the sections `payment_file`, `answer`, `statement`; a section is written out,
      or is the name of the bank that has the same one written out
Out:  Bank
Holds: a file with anything wrong names itself, the line, and what to do; no bank is left out in
       silence
"""

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from events.values import Document
from policies.vocabulary.files import FileProblem, Parsed, parsed, unread
from policies.vocabulary.schema_words import error_in_words
from services.banking.banks.layouts import AnswerLayout, Bank, PaymentFileLayout, StatementLayout
from services.runtime.errors import OperatingFailure

_SECTIONS: Mapping[str, type[Document]] = {
    "payment_file": PaymentFileLayout,
    "answer": AnswerLayout,
    "statement": StatementLayout,
}
WORDS = ("title", *_SECTIONS)


class BankUnreadable(OperatingFailure):
    """A bank's file cannot be read: which file, which line, what is wrong."""

    def __init__(self, problem: FileProblem) -> None:
        super().__init__(
            f"{problem}。",
            "请改正这一行，写法见 docs/how-to/add-a-bank.md，再试一次。",
        )


@cache
def shipped_banks() -> dict[str, Bank]:
    """The banks that are shipped, by name.

    Raises: BankUnreadable
    """
    return read_banks(shipped_folder())


def read_banks(folder: Path) -> dict[str, Bank]:
    """Read every bank of a folder, by name.

    Raises: BankUnreadable
    """
    try:
        found = files_in(folder)
        own = written_out(found)
        return {name: bank_from(name, file, own) for name, file in found.items()}
    except FileProblem as problem:
        raise BankUnreadable(problem) from problem


def shipped_folder() -> Path:
    """Where the shipped banks are."""
    with as_file(files(__package__)) as folder:
        return folder


def files_in(folder: Path, words: tuple[str, ...] = WORDS) -> dict[str, Parsed]:
    """The files of a folder by name, each checked for words that nothing reads.

    Raises: FileProblem
    """
    read = sorted(folder.glob("*.yaml"))
    for path in unread(folder, read) if folder.is_dir() else ():
        raise FileProblem(path, 1, "没有人读这个文件：请放在目录本层，名字以 .yaml 结尾")
    return {path.stem: _checked(parsed(path), words) for path in read}


def written_out(found: Mapping[str, Parsed]) -> dict[str, dict[str, Document]]:
    """The sections that each file writes out.

    Raises: FileProblem
    """
    return {name: dict(_own_sections(file)) for name, file in found.items()}


def _checked(file: Parsed, words: tuple[str, ...]) -> Parsed:
    """Refuse a file that is no mapping, lacks its title, or has a word that nothing reads."""
    if not isinstance(file.data, dict):
        raise FileProblem(file.path, 1, f"应为键值对，可写 {'、'.join(words)}")
    for word in file.data:
        if word not in words:
            wrong = f"{word}：没有这个词，可写 {'、'.join(words)}"
            raise FileProblem(file.path, file.line((word,)), wrong)
    if not isinstance(file.data.get("title"), str):
        raise FileProblem(file.path, file.line(("title",)), "title：请写页面上的名称")
    return file


def _own_sections(file: Parsed) -> Iterator[tuple[str, Document]]:
    """Read the sections that a file writes out."""
    for section, layout in _SECTIONS.items():
        stated = file.data.get(section)
        if stated is not None and not isinstance(stated, str):
            yield section, _validated(file, section, layout, stated)


def _validated(file: Parsed, section: str, layout: type[Document], stated: Any) -> Document:
    try:
        return layout.model_validate(stated)
    except ValidationError as error:
        # a misspelled word comes before what then seems to be missing
        wrong = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        where = (section, *wrong["loc"])
        text = f"{'.'.join(map(str, where))}：{error_in_words(wrong)}"
        raise FileProblem(file.path, file.line(where), text) from error


def bank_from(name: str, file: Parsed, own: Mapping[str, Mapping[str, Document]]) -> Bank:
    """Put a bank together from its own sections and those that it shares with another.

    Raises: FileProblem
    """
    sections = dict(own[name])
    for section in _SECTIONS:
        other = file.data.get(section)
        if not isinstance(other, str):
            continue
        if section not in own.get(other, {}):
            known = "、".join(bank for bank, written in own.items() if section in written)
            wrong = f"{section}：{other} 没有写出这一段，可借用 {known or '（无）'}，或在此写出"
            raise FileProblem(file.path, file.line((section,)), wrong)
        sections[section] = own[other][section]
    try:
        return Bank.model_validate({"name": name, "title": file.data["title"], **sections})
    except ValidationError as error:
        line = file.line(("payment_file",))
        raise FileProblem(file.path, line, error_in_words(error.errors()[0])) from error
