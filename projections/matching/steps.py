"""Steps: what each rule of the matching takes from what those before it left.

Out:   STEPS: every step by its name, `by_hand` first and `by_return` last wherever they are asked
Holds: a step matches n-th with n-th by day and name (`pairs`), or all with all where their sums are
       equal (`sums`); none knows a tolerance. Every key begins with the account, so a match lies on one.
       `{days}` is the window of the step, which only some have.

Where the words say "n-th", the n-th of the books meets the n-th of the bank's; where they say "all",
nothing but all that is left on both sides makes a match:
  by_hand           what two people have matched, where every member is there with its amount
  by_line           a movement that the books took from this very line, with the same amount
  taken_back        n-th in with n-th out: what the books took from a line and took back
  by_batch          all lines that name a batch and no payment, all movements of it, one direction
  by_instruction    n-th, the same instruction and amount
  by_reference      n-th, the same amount and reference, at most so many days apart
  by_split          all of an instruction and direction
  by_reversal       n-th out and n-th in of the bank alone, the same amount and mark
  by_batch_left     as by_batch, of what is left
  by_batch_net      all that is left of the batch in both directions
  by_reference_sum  all of a reference and direction, at most so many days from first to last
  by_return         one line that says that money came back, and one return of the books, of the same
                    amount, each the other's only choice within so many days
"""

from typing import Literal, NamedTuple


class Step(NamedTuple):
    """One step: which rows it looks at, by which key they meet, and what else must hold.

    Shape: SQL over the columns of `items`; `within` is asked of a pair, `only` of a group `k`
    """

    kind: Literal["pairs", "sums", "returns"]
    rule: str
    where: str = ""
    key: str = ""
    side: str = "ours"
    within: str = "true"
    both: str = "bool_or(ours) OVER k AND bool_or(NOT ours) OVER k"
    only: str = "true"

    @property
    def has_window(self) -> bool:
        """Whether the step asks for days."""
        return self.kind == "returns" or "{days}" in self.within + self.only


_NEAR = "last_on - first_on <= {days}"
_TOTALLED = "totalled AND (ours OR instruction IS NULL)"
_ONE_WAY = "account, batch, sign(amount)"
_REFERRED = "reference <> ''"

STEPS: dict[str, Step] = {
    "by_hand": Step(
        "sums",
        "manual",
        where="by_hand IS NOT NULL",
        key="account, by_hand",
        both="true",
        only="min(wanted) OVER k = count(*) OVER k",
    ),
    "by_line": Step(
        "pairs",
        "line",
        where="ours AND line IS NOT NULL OR NOT ours AND cited",
        key="account, month, line, amount",
    ),
    "taken_back": Step(
        "pairs",
        "reversal",
        where="ours AND line IS NOT NULL",
        key="account, month, line, abs(amount)",
        side="amount < 0",
    ),
    "by_batch": Step("sums", "batch", where=_TOTALLED, key=_ONE_WAY),
    "by_instruction": Step(
        "pairs",
        "instruction",
        where="instruction IS NOT NULL",
        key="account, instruction, amount",
    ),
    "by_reference": Step(
        "pairs", "reference", where=_REFERRED, key="account, reference, amount", within=_NEAR
    ),
    "by_split": Step(
        "sums",
        "split",
        where="instruction IS NOT NULL",
        key="account, instruction, sign(amount)",
    ),
    "by_reversal": Step(
        "pairs",
        "reversal",
        where="NOT ours AND (batch IS NOT NULL OR reference <> '')",
        key="account, coalesce(instruction, batch, reference), abs(amount)",
        side="amount < 0",
        within=f"(batch IS NOT NULL OR {_NEAR})",
    ),
    "by_batch_left": Step("sums", "batch", where=_TOTALLED, key=_ONE_WAY),
    "by_batch_net": Step(
        "sums",
        "batch",
        where="totalled",
        key="account, batch",
        only="bool_or(NOT ours AND instruction IS NULL) OVER k",
    ),
    "by_reference_sum": Step(
        "sums",
        "reference",
        where=_REFERRED,
        key="account, reference, sign(amount)",
        only="max(day) OVER k - min(day) OVER k <= {days}",
    ),
    "by_return": Step("returns", "return"),
}

VERDICTS: tuple[tuple[str, str, Step], ...] = (
    ("unequal_batch", "amount", STEPS["by_batch"]),
    ("unequal", "amount", STEPS["by_split"]._replace(rule="instruction")),
    (
        "elsewhere",
        "wrong_account",
        STEPS["by_instruction"]._replace(rule="", key="instruction, amount"),
    ),
)
"""What is looked for once every step is done: name, verdict and step; these match nothing."""
