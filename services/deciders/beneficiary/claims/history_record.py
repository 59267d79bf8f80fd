"""History record: what one beneficiary's history says by itself, as the rules ask for it.

In:    the folded applications, approvals, instalments, statuses of one beneficiary
Out:   the answers that `policies.vocabulary.outcomes.Record` names, each with the words of the fact behind it
Holds: read only; None where nothing at all is on record, so that most claims cost nothing
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from events import streams
from events.applications import Stated
from events.status import StatusKind
from policies.duties import Duties
from policies.engine.record import months_stated
from policies.engine.registry import Policies
from policies.vocabulary.outcomes import Claim, RunningBenefit, StatusOnRecord
from services.deciders.beneficiary.instalments.calendar import StopSpan
from services.deciders.beneficiary.state.applications import Applications, Filed
from services.deciders.beneficiary.state.approvals import Approvals
from services.deciders.beneficiary.state.beneficiary import BeneficiaryState
from services.deciders.beneficiary.state.instalments import Instalments
from services.deciders.beneficiary.state.status import Status


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """One beneficiary's own record, for a claim that is paid to `payee`; `tokens` are his own."""

    applications: Applications
    approvals: Approvals
    instalments: Instalments
    status: Status
    duties: Duties
    tokens: frozenset[str]
    payee: str = ""

    def claim(self, stated: Stated) -> Claim:
        """What is claimed, as the rules see it, with this record where there is any."""
        nothing = self.status.is_empty and not self.approvals.by_application
        return Claim(
            stated.programme,
            stated.region,
            stated.applied_on,
            stated.facts,
            None if nothing else replace(self, payee=stated.payee),
        )

    def held(self, status: StatusKind, on: date, benefit: str) -> StatusOnRecord | None:
        """The status, if it holds on a day."""
        since = self.status.holds(status, on, benefit)
        if since is None:
            return None
        said = self.duties.known.status(status, benefit)
        return StatusOnRecord(
            status, benefit, since, self.status.words((status, since, benefit), said)
        )

    def status_behind(self, span: StopSpan) -> StatusOnRecord:
        """What stops a plan in a span of days, and the words of the fact behind it."""
        status = cast("StatusKind", span.reason)
        benefit = span.rule.rpartition("/")[2] if status == "receiving" else ""
        said = self.duties.known.status(status, benefit)
        words = self.status.words((status, span.since, benefit), said)
        return StatusOnRecord(status, benefit, span.since, words)

    def out_of_work(self, on: date) -> tuple[date, str] | None:
        """Since when nobody employs him on a day, where a job before it is on record."""
        job = self.held("employed", on, "")
        if job is not None:
            return on, job.words
        idle = self.held("unemployed", on, "")
        if idle is None or self.status.latest("employed", idle.since) is None:
            return None
        return idle.since, idle.words

    def lost(self, on: date, own_job: bool) -> str | None:
        """The words of the loss of the household's category, if it is lost on a day."""
        losses = [
            loss
            for loss in self.status.losses
            if loss.since <= on
            and (own_job or (loss.household, loss.since) not in self.status.informed)
        ]
        if not losses:
            return None
        last = max(losses, key=lambda loss: loss.since)
        gone = {loss.household for loss in self.status.losses if loss.since <= on}
        for household, since in self.status.joined:
            if household not in gone and last.since < since <= on:
                return None  # a new recognition is a new household
        return f"{last.since}起所在家庭已移出零就业家庭（事实 {last.fact}）"

    def highest(self, fact: str, programmes: Iterable[str], first: date) -> tuple[int, str] | None:
        """The highest number that a granted claim of these programmes stated under a fact, for a
        time that began no later than the first day of this claim."""
        found: list[tuple[int, str]] = []
        for application, claim in self._granted(frozenset(programmes)):
            number = claim.stated.facts.get(fact)
            if isinstance(number, int) and self._begins(claim) <= first:
                found.append((number, f"申请 {application} 已核准的为{number}"))
        return max(found, default=None)

    def enjoyed(self, programme: str) -> RunningBenefit | None:
        """The benefit of a programme that has gone on without an end on record."""
        broken = self._last_stop(programme)
        found: list[tuple[date, RunningBenefit]] = []
        for application, claim in self._granted(frozenset({programme})):
            first = self._begins(claim)
            own = claim.stated.payee == self.payee
            over = broken is not None and first <= broken
            if own and not over and application not in self.instalments.ended:
                found.append((claim.stated.applied_on, self._as_enjoyed(application, claim, first)))
        for use in self.status.enjoyed_before:
            if use.programme == programme and (broken is None or use.granted_on > broken):
                words = f"{use.granted_on}台账之前已享受（{use.document}）"
                first = use.granted_on.replace(day=1)
                found.append((use.granted_on, RunningBenefit(use.granted_on, first, None, words)))
        return min(found, key=lambda one: one[0])[1] if found else None

    def _begins(self, claim: Filed) -> date:
        """The first month that a claim is about."""
        months = months_stated(self.duties, claim.stated.facts)
        return min(months, default=claim.stated.applied_on.replace(day=1))

    def _as_enjoyed(self, application: str, claim: Filed, first: date) -> RunningBenefit:
        proposed = self.approvals.by_application[application].proposed
        assert proposed is not None
        stated, policy = claim.stated, proposed.policy
        accepted = stated.facts.get("running.accepted_on")
        kept = isinstance(accepted, str) and policy.version < stated.applied_on.isoformat()
        day = date.fromisoformat(str(accepted)) if kept else stated.applied_on
        words = f"申请 {application} 于{day}受理、已按 {policy.jurisdiction}-{policy.version} 核准"
        version = policy.jurisdiction, policy.version
        return RunningBenefit(day, min(first, day.replace(day=1)), version, words)

    def _granted(self, programmes: frozenset[str]) -> Iterator[tuple[str, Filed]]:
        for application, approval in self.approvals.by_application.items():
            if approval.state == "granted" and approval.proposed is not None:
                claim = self.applications.filed.get(application)
                if claim is not None and approval.proposed.policy.programme in programmes:
                    yield application, claim

    def _last_stop(self, programme: str) -> date | None:
        """The last day on record from which something stopped the programme's payments."""
        own, always = self.duties.stops.of(programme), self.duties.stops.always
        kinds = {*always, *(own.by if own else ())}
        benefits = set(own.benefits if own else ())
        days = [
            since
            for kind, since, benefit in self.status.reported
            if kind in kinds or (kind == "receiving" and benefit in benefits)
        ]
        return max(days, default=None)


def record_of(state: BeneficiaryState, stream: str, policies: Policies) -> HistoryRecord:
    """Ask a history, which stands under the name of its stream, as the rules do."""
    names = (stream, *(state.links.followers if state.links else ()))
    prefix = streams.beneficiary("")
    return HistoryRecord(
        state.applications,
        state.approvals,
        state.instalments,
        state.status,
        policies.duties,
        frozenset(name.removeprefix(prefix) for name in names),
    )
