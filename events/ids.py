"""Ids: how the ledger names things, and what a name tells; streams have `events.streams` for theirs.

In:   the parts of a name
Out:  the name, and its parts again
Holds: a name is made and taken apart here alone, and taking apart gives what it was made of

| name | written |
|---|---|
| application | ``source:number``, or ``source:number:line`` for a line of a submission |
| submission, household, voucher | ``source:number`` |
| disbursement | ``application#instalment``; 0 is the advance of a plan |
| debt | ``disbursement-reason`` or ``application-reason`` |
| use of a linked person | ``stream of the person#application`` |
| instruction to a bank | ``B2208310003`` and the line's five digits |
| public list or statement | ``G220831-`` and six places |
| dead letter | ``topic/partition/offset/line`` |
| who asks | ``staff:user``, ``intake:source/event``, ``desk``, ``clerk`` |
| child of a command or fact | a UUID version 5 under its parent's |
"""

import re
import unicodedata
from datetime import date
from hashlib import sha1
from typing import NamedTuple, TypeGuard

from events.canonical import is_number


class ApplicationParts(NamedTuple):
    """What an application's key is made of; `line` is empty where it is no line of a submission."""

    source: str
    number: str
    line: str


def application_key(source: str, number: str, line: str | None = None) -> str:
    """Name a claim line over all upstream systems."""
    return f"{source}:{number}:{line}" if line else f"{source}:{number}"


def application_parts(key: str) -> ApplicationParts:
    """Take an application's key apart."""
    source, _, rest = key.partition(":")
    number, _, line = rest.partition(":")
    return ApplicationParts(source, number, line)


def upstream_key(source: str, number: str) -> str:
    """Name a submission, a household or a voucher over all upstream systems."""
    return f"{source}:{number}"


def source_of(key: str) -> str:
    """Tell the upstream system that numbered an application, submission, household or voucher."""
    return key.partition(":")[0]


def submission_of(application: str) -> str:
    """Tell the submission of which an application is a line."""
    return application.rpartition(":")[0]


def line_of(application: str) -> str:
    """Tell the label of an application that is a line of a submission."""
    return application.rpartition(":")[2]


def disbursement_id(application: str, instalment: int) -> str:
    """Name the payment of one instalment."""
    return f"{application}#{instalment}"


def application_of(disbursement: str) -> str:
    """Tell whose payment it is; empty where this names none."""
    return disbursement.rpartition("#")[0]


def instalment_of(disbursement: str) -> int:
    """Tell which instalment a payment is for.

    Raises: ValueError where this names no payment
    """
    return int(disbursement.rpartition("#")[2])


def is_plan_advance(disbursement: str) -> bool:
    """Tell whether this pays the advance of a plan."""
    return disbursement.rpartition("#")[2] == "0"


def instalment_month(application: str, month: str) -> str:
    """Name one month of a plan, for what is said of it."""
    return f"{application}#{month}"


def application_in(about: str) -> str:
    """Tell the application of which a refusal speaks, by its key, its payment or its month."""
    return about.partition("#")[0]


def debt_id(owed_for: str, reason: str) -> str:
    """Name a debt after the application, payment or debt that it comes of."""
    return f"{owed_for}-{reason}"


def debt_parts(debt: str) -> tuple[str, str]:
    """Take a debt's name apart, into what it comes of and the last word of its reason."""
    owed_for, _, reason = debt.rpartition("-")
    return owed_for, reason


def linked_holder(stream: str, application: str) -> str:
    """Name the use of a cap that an application of a linked person's history holds."""
    return f"{stream}#{application}"


class LetterPlace(NamedTuple):
    """Where the message of a dead letter lay; line 0 is the whole message."""

    topic: str
    partition: int
    offset: int
    line: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}/{self.line}"


def letter_place(letter: str) -> LetterPlace:
    """Take a letter's name apart.

    Raises: ValueError
    """
    topic, partition, offset, line = letter.rsplit("/", 3)
    return LetterPlace(topic, int(partition), int(offset), int(line))


_STAFF = "staff:"


def by_staff(user: str) -> str:
    """Name a member of the staff as the one who asks."""
    return f"{_STAFF}{user}"


def is_staff(by: str) -> bool:
    """Tell whether a member of the staff asks."""
    return by.startswith(_STAFF)


def staff_of(by: str) -> str:
    """Tell which member of the staff asks."""
    return by.removeprefix(_STAFF)


def by_message(source: str, event: str) -> str:
    """Name an upstream system as the one who asks, by its message."""
    return f"intake:{source}/{event}"


def message_of(by: str) -> tuple[str, str]:
    """Name the upstream message that asks, by source and event id; empty where none does."""
    who, _, message = by.partition(":")
    source, _, event = message.partition("/") if who == "intake" else ("", "", "")
    return source, event


BATCH_LENGTH = 11
"""Characters of a batch's number: ``B``, yymmdd, four places."""

LINE_DIGITS = 5
"""Digits of a line's number in its batch."""

BATCH_PATTERN = r"B[0-9]{6}[0-9A-Z]{4}"
INSTRUCTION_PATTERN = BATCH_PATTERN + rf"[0-9]{{{LINE_DIGITS}}}"
"""16 characters of digits and capitals, so that it survives in a bank's shortest reference field."""

_INSTRUCTION = re.compile(INSTRUCTION_PATTERN)
_INSTRUCTION_ALONE = re.compile(rf"(?<![0-9A-Z]){INSTRUCTION_PATTERN}(?![0-9A-Z])")
_BATCH_ALONE = re.compile(rf"(?<![0-9A-Z]){BATCH_PATTERN}(?![0-9A-Z])")


def is_batch_number(text: str) -> bool:
    """Tell whether this is a batch's number as we give them out."""
    return re.fullmatch(BATCH_PATTERN, text) is not None


def instruction_id(batch: str, line_no: int) -> str:
    """Name the instruction of a batch's line."""
    return f"{batch}{line_no:0{LINE_DIGITS}d}"


def batch_of(instruction: str) -> str:
    """Tell the batch by an instruction's id alone."""
    return instruction[:BATCH_LENGTH]


def line_no_of(instruction: str) -> int | None:
    """Tell the line's number by an instruction's id, None where its end is no number."""
    number = instruction[-LINE_DIGITS:]
    return int(number) if is_number(number) else None


def instruction_in(reference: str, purpose: str) -> str | None:
    """Find the instruction that a bank's line names, in its reference first.

    A bank may write it in full width, in small letters or with blanks between: where the text as it
    stands names none, its one plain writing is searched, for a number that stands alone.
    """
    return (
        _found(_INSTRUCTION, reference)
        or _found(_INSTRUCTION, purpose)
        or _found(_INSTRUCTION_ALONE, plain_writing(reference))
        or _found(_INSTRUCTION_ALONE, plain_writing(purpose))
    )


def batch_in(reference: str, purpose: str) -> str | None:
    """Find the batch that a bank's line names by itself, in its reference first."""
    return _found(_BATCH_ALONE, plain_writing(reference)) or _found(
        _BATCH_ALONE, plain_writing(purpose)
    )


def plain_writing(text: str) -> str:
    """One writing of what a bank may write in many ways: NFKC, capitals, without blanks."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def _found(pattern: re.Pattern[str], text: str) -> str | None:
    found = pattern.search(text)
    return found.group() if found else None


_DISCLOSURE = re.compile(r"G[0-9]{6}-[0-9A-F]{6}")


def is_disclosure_number(text: str) -> bool:
    """Tell whether this is the number of a public list or statement as we give them out."""
    return _DISCLOSURE.fullmatch(text) is not None


def disclosure_number(day: date, digest: str) -> str:
    """Name a public list or statement after its day and what it was made of."""
    return f"G{day:%y%m%d}-{digest[:6].upper()}"


_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def is_uuid(text: object) -> TypeGuard[str]:
    """Tell whether this is a UUID as usually written; anything else never gets into a fact's id."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def derived_id(parent: str, ordinal: int) -> str:
    """Name the `ordinal`-th child of a command or fact; a UUID version 5 (RFC 9562) under it."""
    return named_id(bytes.fromhex(parent.replace("-", "")), b"%d" % ordinal)


def named_id(namespace: bytes, name: bytes) -> str:
    """What `uuid.uuid5` gives under a namespace's 16 bytes, in a fifth of its time."""
    text = sha1(namespace + name, usedforsecurity=False).hexdigest()
    variant = _VARIANT[text[16]]
    return f"{text[:8]}-{text[8:12]}-5{text[13:16]}-{variant}{text[17:20]}-{text[20:32]}"
