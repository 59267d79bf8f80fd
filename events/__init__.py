"""Events: what is asked (commands) and what happened (facts), in the order of a benefit's life.

In:   the unions that end each noun's module: `XCommand = A | B`, `XFact = A | B`
Out:  CATALOGUE, COMMANDS, FACTS: every type by its name, with the version that is written today
Holds: a type is added in its noun's union and nowhere else; one that is missing there cannot be
       written. A version is one more than the steps that `events.upcast` knows for the type.
"""

from typing import NamedTuple, get_args

from events import (
    advances,
    application_files,
    applications,
    approvals,
    batches,
    budgets,
    clawbacks,
    control,
    deadlines,
    differences,
    disbursements,
    disclosures,
    early,
    figures,
    households,
    instalments,
    letters,
    links,
    looks,
    manual_matches,
    objections,
    payees,
    periods,
    prior_uses,
    promises,
    proposals,
    reports,
    rule_texts,
    samples,
    sign_in,
    statement_files,
    statements,
    status,
    submissions,
    treasury,
    users,
    vouchers,
)
from events.upcast import version_of
from events.values import Command, Fact, Value


class Entry(NamedTuple):
    """One type of command or fact, at its present version."""

    model: type[Value]
    version: int


_IN_LIFE_CYCLE_ORDER: tuple[type[Value], ...] = (
    # an application arrives
    *get_args(applications.ApplicationCommand),
    *get_args(applications.ApplicationFact),
    # or many of them in a file of staff
    *get_args(application_files.ApplicationFileCommand),
    *get_args(application_files.ApplicationFileFact),
    # it is decided
    *get_args(approvals.ApprovalCommand),
    *get_args(approvals.ApprovalFact),
    # a promise instead of papers, where the payee is trusted
    *get_args(promises.PromiseCommand),
    *get_args(promises.PromiseFact),
    # the day by which it had to be paid has passed
    *get_args(deadlines.DeadlineCommand),
    *get_args(deadlines.DeadlineFact),
    # an employer's batch hears of its lines
    *get_args(submissions.SubmissionCommand),
    *get_args(submissions.SubmissionFact),
    # its money is found
    *get_args(budgets.BudgetCommand),
    *get_args(budgets.BudgetFact),
    # the person's circumstances
    *get_args(status.StatusCommand),
    *get_args(status.StatusFact),
    # one person under two documents
    *get_args(links.LinkCommand),
    *get_args(links.LinkFact),
    # and those of the household
    *get_args(households.HouseholdCommand),
    *get_args(households.HouseholdFact),
    # a training voucher on its way
    *get_args(vouchers.VoucherCommand),
    *get_args(vouchers.VoucherFact),
    # what was enjoyed before is taken over
    *get_args(prior_uses.ImportCommand),
    *get_args(prior_uses.ImportFact),
    # it falls due and is ordered
    *get_args(instalments.InstalmentCommand),
    *get_args(instalments.InstalmentFact),
    *get_args(disbursements.DisbursementCommand),
    *get_args(disbursements.DisbursementFact),
    # a share is paid before, and netted later
    *get_args(advances.AdvanceCommand),
    *get_args(advances.AdvanceFact),
    # the payee's account, mark and credit
    *get_args(payees.PayeeCommand),
    *get_args(payees.PayeeFact),
    # money is due back
    *get_args(clawbacks.ClawbackCommand),
    *get_args(clawbacks.ClawbackFact),
    # somebody objects, and it waits
    *get_args(objections.ObjectionCommand),
    *get_args(objections.ObjectionFact),
    # it is paid in a batch
    *get_args(batches.BatchCommand),
    *get_args(batches.BatchFact),
    # the public is shown who is paid, and what for
    *get_args(disclosures.DisclosureCommand),
    *get_args(disclosures.DisclosureFact),
    # the bank's own words
    *get_args(statements.StatementCommand),
    *get_args(statements.StatementFact),
    # people say why books and bank differ
    *get_args(differences.DifferenceCommand),
    *get_args(differences.DifferenceFact),
    # and what belongs together although no rule sees it
    *get_args(manual_matches.ManualMatchCommand),
    *get_args(manual_matches.ManualMatchFact),
    *get_args(statement_files.StatementFileCommand),
    *get_args(statement_files.StatementFileFact),
    # reports of the books are issued
    *get_args(reports.ReportCommand),
    *get_args(reports.ReportFact),
    # a month is closed
    *get_args(periods.PeriodCommand),
    *get_args(periods.PeriodFact),
    treasury.StateTreasuryFigures,
    treasury.TreasuryFiguresStated,
    # what an authority states, and which partition goes by it
    *get_args(figures.FigureCommand),
    *get_args(figures.FigureFact),
    rule_texts.RuleTextRecorded,
    # two people ask for what weighs
    *get_args(proposals.ProposalCommand),
    *get_args(proposals.ProposalFact),
    # anything may be refused, set aside, resumed
    *get_args(letters.LetterCommand),
    *get_args(letters.LetterFact),
    *get_args(early.EarlyRequestFact),
    # an inspector draws grants and looks into them
    *get_args(samples.SampleCommand),
    *get_args(samples.SampleFact),
    # who may sign in
    *get_args(users.UserCommand),
    *get_args(users.UserFact),
    sign_in.RequireSignIn,
    sign_in.SignInRequired,
    # who has seen what is masked
    *get_args(looks.LookCommand),
    *get_args(looks.LookFact),
    *get_args(control.ControlCommand),
    *get_args(control.ControlFact),
)

CATALOGUE: dict[str, Entry] = {
    model.__name__: Entry(model, version_of(model.__name__)) for model in _IN_LIFE_CYCLE_ORDER
}
COMMANDS: dict[str, type[Command]] = {
    name: entry.model for name, entry in CATALOGUE.items() if issubclass(entry.model, Command)
}
FACTS: dict[str, type[Fact]] = {
    name: entry.model for name, entry in CATALOGUE.items() if issubclass(entry.model, Fact)
}
