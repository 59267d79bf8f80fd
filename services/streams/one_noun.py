"""The states of streams of one noun each: a budget line, a batch, an account, a submission, a voucher."""

from typing import get_args

from events import streams
from events.days import legal_day
from events.envelope import Asked, Recorded
from events.values import Fact
from policies.engine.registry import Policies
from services.deciders.bank_month import decider as statements
from services.deciders.batch import decider as batches
from services.deciders.batch.state import Batch
from services.deciders.budget_line import decider as budgets
from services.deciders.budget_line.state import Line
from services.deciders.dead_letter import decider as letters
from services.deciders.dead_letter.state import Letter
from services.deciders.household import decider as households
from services.deciders.household.state import Household
from services.deciders.prior_uses import decider as imports
from services.deciders.prior_uses.state import Import
from services.deciders.stream import Stream, unfit
from services.deciders.submission import decider as submissions
from services.deciders.submission.state import Submission
from services.deciders.voucher import decider as vouchers
from services.deciders.voucher.state import Voucher

_BUDGET_COMMANDS = get_args(budgets.BudgetCommand)
_BUDGET_FACTS = get_args(budgets.BudgetFact)
_HOUSEHOLD_COMMANDS = get_args(households.HouseholdCommand)
_HOUSEHOLD_FACTS = get_args(households.HouseholdFact)
_BATCH_COMMANDS = get_args(batches.BatchCommand)
_BATCH_FACTS = get_args(batches.BatchFact)
_LETTER_COMMANDS = get_args(letters.LetterCommand)
_LETTER_FACTS = get_args(letters.LetterFact)
_STATEMENT_COMMANDS = get_args(statements.StatementCommand)
_STATEMENT_FACTS = get_args(statements.StatementFact)
_IMPORT_COMMANDS = get_args(imports.ImportCommand)
_IMPORT_FACTS = get_args(imports.ImportFact)
_SUBMISSION_COMMANDS = get_args(submissions.SubmissionCommand)
_SUBMISSION_FACTS = get_args(submissions.SubmissionFact)
_VOUCHER_COMMANDS = get_args(vouchers.VoucherCommand)
_VOUCHER_FACTS = get_args(vouchers.VoucherFact)


class BudgetStream(Stream):
    """One budget line's history."""

    __slots__ = ("line",)
    kind = "budget"

    def __init__(self) -> None:
        super().__init__()
        self.line = Line()

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Answer one request to the line."""
        if not isinstance(asked.body, _BUDGET_COMMANDS):
            raise unfit(self, asked.body)
        return budgets.decide(self.line, asked.body, policies.duties.budgets.alarms)

    def evolve(self, recorded: Recorded) -> None:
        """Fold one fact of the line."""
        if not isinstance(recorded.body, _BUDGET_FACTS):
            raise unfit(self, recorded.body)
        budgets.evolve(self.line, recorded.body)


class HouseholdStream(Stream):
    """One household's history."""

    __slots__ = ("household",)
    kind = "household"

    def __init__(self) -> None:
        super().__init__()
        self.household = Household()

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Answer one word about the household."""
        if not isinstance(asked.body, _HOUSEHOLD_COMMANDS):
            raise unfit(self, asked.body)
        return households.decide(self.household, asked.body)

    def evolve(self, recorded: Recorded) -> None:
        """Fold one fact of the household."""
        if not isinstance(recorded.body, _HOUSEHOLD_FACTS):
            raise unfit(self, recorded.body)
        households.evolve(self.household, recorded.body)


class BatchStream(Stream):
    """One payment batch's history."""

    __slots__ = ("batch",)
    kind = "batch"

    def __init__(self) -> None:
        super().__init__()
        self.batch = Batch()

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Answer one request about the batch."""
        if not isinstance(asked.body, _BATCH_COMMANDS):
            raise unfit(self, asked.body)
        if asked.stream != streams.batch(asked.body.batch):
            return [batches.refused(asked.body, "WRONG_BATCH_NUMBER", asked.stream)]
        return batches.decide(self.batch, asked.body, asked.by, legal_day(asked.sent_at))

    def evolve(self, recorded: Recorded) -> None:
        """Fold one fact of the batch."""
        if not isinstance(recorded.body, _BATCH_FACTS):
            raise unfit(self, recorded.body)
        batches.evolve(self.batch, recorded.body, recorded.effective_on)


class AccountStream(Stream):
    """One bank account's month."""

    __slots__ = ("month",)
    kind = "account"

    def __init__(self) -> None:
        super().__init__()
        self.month = statements.AccountMonth()

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Answer one message of the bank."""
        if not isinstance(asked.body, _STATEMENT_COMMANDS):
            raise unfit(self, asked.body)
        return statements.decide(self.month, asked.body, legal_day(asked.sent_at))

    def evolve(self, recorded: Recorded) -> None:
        """Fold one fact of the account's month."""
        if not isinstance(recorded.body, _STATEMENT_FACTS):
            raise unfit(self, recorded.body)
        statements.evolve(self.month, recorded.body)


class SubmissionStream(Stream):
    """One employer's batch of applications."""

    __slots__ = ("submission",)
    kind = "submission"

    def __init__(self) -> None:
        super().__init__()
        self.submission = Submission()

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Answer the batch, or a report on one of its lines."""
        if not isinstance(asked.body, _SUBMISSION_COMMANDS):
            raise unfit(self, asked.body)
        return submissions.decide(self.submission, asked.body)

    def evolve(self, recorded: Recorded) -> None:
        """Fold one fact of the batch."""
        if not isinstance(recorded.body, _SUBMISSION_FACTS):
            raise unfit(self, recorded.body)
        submissions.evolve(self.submission, recorded.body)


class ImportStream(Stream):
    """One file of benefits enjoyed before this ledger."""

    __slots__ = ("file",)
    kind = "import"

    def __init__(self) -> None:
        super().__init__()
        self.file = Import()

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Answer one request about the file."""
        if not isinstance(asked.body, _IMPORT_COMMANDS):
            raise unfit(self, asked.body)
        return imports.decide(self.file, asked.body)

    def evolve(self, recorded: Recorded) -> None:
        """Fold one fact of the file."""
        if not isinstance(recorded.body, _IMPORT_FACTS):
            raise unfit(self, recorded.body)
        imports.evolve(self.file, recorded.body)


class LetterStream(Stream):
    """One dead letter's history: what was done about it."""

    __slots__ = ("letter",)
    kind = "letter"

    def __init__(self) -> None:
        super().__init__()
        self.letter = Letter()

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Answer one act."""
        if not isinstance(asked.body, _LETTER_COMMANDS):
            raise unfit(self, asked.body)
        return letters.decide(self.letter, asked.body)

    def evolve(self, recorded: Recorded) -> None:
        """Fold one fact of the letter."""
        if not isinstance(recorded.body, _LETTER_FACTS):
            raise unfit(self, recorded.body)
        letters.evolve(self.letter, recorded.body)


class VoucherStream(Stream):
    """One training voucher's history."""

    __slots__ = ("voucher",)
    kind = "voucher"

    def __init__(self) -> None:
        super().__init__()
        self.voucher = Voucher()

    def decide(self, asked: Asked, policies: Policies) -> list[Fact]:
        """Answer one step of the voucher."""
        if not isinstance(asked.body, _VOUCHER_COMMANDS):
            raise unfit(self, asked.body)
        return vouchers.decide(self.voucher, asked.body, asked.effective_on)

    def evolve(self, recorded: Recorded) -> None:
        """Fold one fact of the voucher."""
        if not isinstance(recorded.body, _VOUCHER_FACTS):
            raise unfit(self, recorded.body)
        vouchers.evolve(self.voucher, recorded.body)
