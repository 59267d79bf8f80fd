"""Catalogue: every read model, and which facts each reads.

Holds: every fact is mirrored; `MAPPINGS` names, for each type, the read models that it changes.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from events import FACTS as FACT_MODELS
from events.values import Fact
from projections.definition.located_fact import LocatedFact
from projections.definition.table import Change, Table
from projections.read_models import (
    acts,
    advances,
    application_files,
    applications,
    approvals,
    bank_movements,
    batches,
    budgets,
    cap_usage,
    claim_steps,
    clawbacks,
    dead_letters,
    difference_notes,
    disbursements,
    disclosures,
    disputes,
    facts,
    figures,
    head_count,
    instalments,
    journal,
    late_payments,
    later_years,
    letter_acts,
    links,
    looks,
    manual_matches,
    matches,
    objections,
    payees,
    payment_sums,
    periods,
    posts,
    prior_uses,
    proposals,
    refusals,
    reports,
    resumptions,
    rule_texts,
    samples,
    set_aside,
    statement_files,
    statements,
    status,
    submissions,
    targets,
    treasury_figures,
    unchanged,
    users,
    vouchers,
)

Mapping = Callable[[LocatedFact], Iterator[Change]]


class ReadModel(NamedTuple):
    """One read model: its tables, its version, and the pure mapping that fills them."""

    name: str
    version: int
    tables: tuple[Table, ...]
    reads: tuple[type[Fact], ...]
    changes: Mapping | None
    meaning: str


def _model(module: object, name: str) -> ReadModel:
    return ReadModel(
        name,
        module.VERSION,  # type: ignore[attr-defined]
        module.TABLES,  # type: ignore[attr-defined]
        getattr(module, "READS", ()),
        getattr(module, "changes", None) if hasattr(module, "READS") else None,
        (module.__doc__ or "").partition("\n")[0],
    )


READ_MODELS: tuple[ReadModel, ...] = (
    _model(facts, "facts"),
    _model(applications, "applications"),
    _model(approvals, "approvals"),
    _model(cap_usage, "cap_usage"),
    _model(budgets, "budgets"),
    _model(instalments, "instalments"),
    _model(later_years, "later_years"),
    _model(disbursements, "disbursements"),
    _model(payment_sums, "payment_sums"),
    _model(batches, "batches"),
    _model(disputes, "disputes"),
    _model(late_payments, "late_payments"),
    _model(links, "links"),
    _model(advances, "advances"),
    _model(clawbacks, "clawbacks"),
    _model(objections, "objections"),
    _model(disclosures, "disclosures"),
    _model(payees, "payees"),
    _model(proposals, "proposals"),
    _model(figures, "figures"),
    _model(rule_texts, "rule_texts"),
    _model(journal, "journal"),
    _model(periods, "periods"),
    _model(treasury_figures, "treasury_figures"),
    _model(bank_movements, "bank_movements"),
    _model(statements, "statements"),
    _model(statement_files, "statement_files"),
    _model(difference_notes, "difference_notes"),
    _model(manual_matches, "manual_matches"),
    _model(matches, "matches"),
    _model(status, "status"),
    _model(prior_uses, "imports"),
    _model(application_files, "application_files"),
    _model(reports, "reports"),
    _model(submissions, "submissions"),
    _model(vouchers, "vouchers"),
    _model(head_count, "head_count"),
    _model(targets, "targets"),
    _model(posts, "posts"),
    _model(refusals, "refusals"),
    _model(resumptions, "resumptions"),
    _model(set_aside, "set_aside"),
    _model(unchanged, "unchanged"),
    _model(claim_steps, "claim_steps"),
    _model(acts, "acts"),
    _model(samples, "samples"),
    _model(users, "users"),
    _model(looks, "looks"),
    _model(dead_letters, "dead_letters"),
    _model(letter_acts, "letter_acts"),
)

TABLES: tuple[Table, ...] = tuple(table for model in READ_MODELS for table in model.tables)

MAPPINGS: dict[type[Fact], tuple[Mapping, ...]] = {
    kind: tuple(
        model.changes for model in READ_MODELS if model.changes is not None and kind in model.reads
    )
    for kind in FACT_MODELS.values()
}
