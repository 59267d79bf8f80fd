"""Script: what one city's rehearsal is made of, as the city's folder has it under `demo/`.

In:   `demo/script.yaml`; `demo/claims/*.yaml` with what is claimed
Out:  Script
Holds: whatever is one city's alone stands here and in no code: days, districts, names, sources,
       amounts of the story.
Units: money in fen
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, Field, ValidationError, model_validator

from events.figures import FigureValue
from events.values import Document
from policies.vocabulary.files import FileProblem, parsed
from policies.vocabulary.schema_words import error_in_words
from services.demo.cast.calendar import Calendar

FOLDER = "demo"
_SCRIPT = "script.yaml"
_CLAIMS = "claims"

_Model = TypeVar("_Model", bound=BaseModel)


class Sample(Document):
    """One programme as it is claimed: by whom, for whose account, when, on which facts."""

    programme: str
    weight: int = Field(1, ge=1)
    """How many shares of all claims it has, where shares are dealt out."""
    beneficiary: Literal["person", "unit"] = "person"
    payee: Literal["beneficiary", "unit"] = "beneficiary"
    first_on: date = Field(alias="from")
    last_on: date = Field(alias="to")
    facts: dict[str, Any]
    others: list[dict[str, Any]]
    """What later claims state instead, in turn; null takes a fact away."""

    def stated(self, nth: int) -> dict[str, Any]:
        """The facts of the `nth` claim: good ones and others take turns."""
        other = self.others[nth // 2 % len(self.others)] if nth % 2 and self.others else {}
        merged = {**self.facts, **other}
        return {name: _plain(value) for name, value in merged.items() if value is not None}


class PeopleScript(Document):
    """How the invented people and firms of a city are told from real ones.

    Shape: `ids` is a region code that no register has used; `firms` names a firm by `trade` and
           `number`
    """

    ids: str = Field(pattern=r"^[0-9]{6}$")
    banks: tuple[str, ...] = Field(min_length=1)
    firms: str
    certificates: str = ""


class SourceScript(Document):
    """The senders of the city's messages, beside its districts."""

    bank: str
    finance: str
    civil_affairs: str
    reviewers: str
    schools: str = ""


class StaffScript(Document):
    """Who of the city's staff does what in the rehearsal, by id: four people, four accounts."""

    maker: str
    checker: str
    reviewer: str
    auditor: str

    @model_validator(mode="after")
    def _four_persons(self) -> Self:
        if len(set(self.model_dump().values())) < 4:
            raise ValueError("maker、checker、reviewer、auditor 须是四人")
        return self


class QueueScript(Document):
    """A budget line that runs out, and by how much it is raised in which month."""

    district: str
    fund: str
    year: int
    allocated_fen: int
    top_ups_fen: dict[str, int]

    @property
    def line(self) -> tuple[str, str, int]:
        """Fund, district and year."""
        return self.fund, self.district, self.year


class VoucherScript(Document):
    """A season of training vouchers: in which month's end it comes, from where, to which districts."""

    handed_out_in: str
    source: str
    districts: tuple[str, ...] = Field(min_length=1)


class HalfYearScript(Document):
    """What the half year's story needs to know of its city."""

    home: str
    queue: QueueScript
    vouchers: VoucherScript


class ToldClaim(Document):
    """One application of the month's story, under the name by which its checks look it up.

    Shape: `who` is the same person (or unit) in every claim that names them so; `payee` is a unit that
           is paid for them; `comes` with the first news of the month, with everybody's applications,
           or late, before the second payment
    """

    name: str
    who: str
    unit: bool = False
    payee: str = ""
    programme: str
    district: str
    on: date
    comes: Literal["early", "applied", "late"] = "applied"
    facts: dict[str, Any]

    def stated(self) -> dict[str, Any]:
        """Its facts as a message states them."""
        return {name: _plain(value) for name, value in self.facts.items()}


class FoundJob(Document):
    """Somebody of the story who finds a job in the month."""

    who: str
    since: date


class FigureScript(Document):
    """A figure that the city states in the month: two people, by a document, from a day on."""

    name: str
    value: FigureValue
    from_: date = Field(alias="from")
    document: str


class ForeignFiling(Document):
    """A sender that files for a district which is not its own, and what it files of the samples."""

    source: str
    district: str


class SlipScript(Document):
    """A good claim of the samples: what a slip of the pen states instead, by which it is denied until it
    is corrected; and what another message states under the same number."""

    programme: str
    wrong: dict[str, Any]
    other: dict[str, Any]


NAMED = ("moved", "course-1", "course-2", "course-3", "course-4", "once", "again", "hired", "large",
         "small", "unstated", "stated")  # fmt: skip
"""The claims that the month's checks look up: who gives a closed account; four courses of one person in
a year; the same benefit twice in two districts; who finds a job; a large and a small unit's refund; a
figure that the city has not stated, and the same once it has."""


class MonthScript(Document):
    """The month's story."""

    second_pay_on: date
    """When what came back is paid again."""
    second_bank_on: date
    claims: tuple[ToldClaim, ...]
    job: FoundJob
    figure: FigureScript
    foreign: ForeignFiling
    slips: SlipScript
    reviewed_fen: dict[str, int]
    """By programme, what a reviewer grants where no figure is stated; 0 for what the rule works out."""

    @model_validator(mode="after")
    def _has_who_is_checked(self) -> Self:
        found = [claim.name for claim in self.claims]
        lacking = [name for name in NAMED if name not in found]
        if lacking or len(set(found)) < len(found):
            raise ValueError(
                f"claims 缺少 {'、'.join(lacking)}" if lacking else "claims 的 name 不能重复"
            )
        return self


class Script(Document):
    """One city's rehearsal."""

    plays: Literal["half-year", "month"]
    order: int = 100
    """Where no city is named, the one with the smallest is played."""
    applications: int = Field(ge=100)
    """How many claims are made, where nobody says."""
    numbers: str = Field(pattern=r"^[A-Z]{2,4}$")
    months_title: str
    story_title: str
    calendar: Calendar
    people: PeopleScript
    sources: SourceScript
    staff: StaffScript
    districts: dict[str, int] = Field(min_length=1)
    """How many shares of the claims come from which district."""
    elsewhere: str
    claimed_in: tuple[int, ...] = Field(min_length=1)
    answers_by_message: tuple[str, ...] = ()
    half_year: HalfYearScript | None = None
    month: MonthScript | None = None
    samples: tuple[Sample, ...] = ()

    @model_validator(mode="after")
    def _has_its_story(self) -> Self:
        section = self.plays.replace("-", "_")
        if getattr(self, section) is None:
            raise ValueError(f"plays 写了 {self.plays}，须有 {section} 一节")
        return self

    def source(self, district: str) -> str:
        """The sender of a district's applications."""
        return f"district-{district}.hrss"

    @property
    def first_district(self) -> str:
        """The district with whose sources examples are made."""
        return next(iter(self.districts))

    @property
    def programmes(self) -> tuple[str, ...]:
        """The programmes of the samples, in their order."""
        return tuple(sample.programme for sample in self.samples)


def read_script(folder: Path) -> Script:
    """Read the rehearsal of a city's folder.

    Raises: FileProblem where a file says what nothing reads, or is not there
    """
    home = folder / FOLDER
    path = home / _SCRIPT
    file = parsed(path)
    rows = tuple(
        _checked(Sample, claims, row, (number,))
        for claims in map(parsed, sorted((home / _CLAIMS).glob("*.yaml")))
        for number, row in enumerate(claims.data)
    )
    return _checked(Script, file, file.data, ()).model_copy(update={"samples": rows})


def scripts(folders: Mapping[str, Path]) -> dict[str, Script]:
    """The rehearsals of several cities by code, in their order; a city without one is left out.

    Raises: FileProblem
    """
    found = {
        code: read_script(folder)
        for code, folder in folders.items()
        if (folder / FOLDER / _SCRIPT).exists()
    }
    return dict(sorted(found.items(), key=lambda one: (one[1].order, one[0])))


def _checked(model: type[_Model], file: Any, stated: Any, within: tuple[str | int, ...]) -> _Model:
    try:
        return model.model_validate(stated)
    except ValidationError as error:
        # a misspelled word comes before what then seems to be missing
        wrong = min(error.errors(), key=lambda one: one["type"] != "extra_forbidden")
        where = (*within, *wrong["loc"])
        text = f"{'.'.join(map(str, wrong['loc']))}：{error_in_words(wrong)}"
        raise FileProblem(file.path, file.line(where), text) from error


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
