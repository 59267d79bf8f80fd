"""Following: what a history that follows another one still answers itself, and what goes on.

In:    a command to a follower, the nouns of its history
Out:   what goes to the lead, or None where the history answers as it always did
Holds: whatever needs caps goes to the lead; what is under way here ends here, and its slots are
       returned; a repeat of what was filed here is known here
"""

from events.applications import (
    ApplicationCorrected,
    CorrectApplication,
    DecideApplication,
    ReportConflict,
    Stated,
    WithdrawApplication,
)
from events.approvals import (
    AnswerBudget,
    ApprovalLapsed,
    ApprovalRevoked,
    ApprovalWithdrawn,
    ReviewApplication,
)
from events.households import LoseCategory, NoteHousehold
from events.links import ApplicationMoved
from events.payees import NoteMark
from events.promises import AnswerPromise
from events.status import RecordPriorUse, RecordStatus
from events.values import Command, Fact
from services.deciders.beneficiary.claims import filing
from services.deciders.beneficiary.claims.decider import take_back
from services.deciders.beneficiary.links.decider import returned
from services.deciders.beneficiary.links.passing_on import pass_on
from services.deciders.beneficiary.state.applications import Applications
from services.deciders.beneficiary.state.approvals import Approvals
from services.deciders.beneficiary.state.instalments import Instalments
from services.deciders.beneficiary.state.links import Links

OF_BOTH = (RecordStatus, NoteHousehold, LoseCategory, NoteMark)
"""What is answered here for what is under way, and goes on for what the lead decides."""

_KNOWN_HERE = (DecideApplication, ReportConflict, AnswerBudget)
"""What is about the content or the money of an application that was filed here."""


def let_lead_answer(
    links: Links,
    applications: Applications,
    approvals: Approvals,
    instalments: Instalments,
    own: str,
    command: Command,
) -> list[Fact] | None:
    """Let the lead answer; None where this history answers itself."""
    if isinstance(command, RecordPriorUse):
        return [pass_on(links.lead, command)]
    application = getattr(command, "application", None)
    if application is None:
        return None
    claim = applications.filed.get(application)
    if claim is None:
        return [pass_on(links.lead, command), *_that_waited(links, applications, command)]
    if isinstance(command, _KNOWN_HERE):
        return None
    if isinstance(command, CorrectApplication):
        known = (command.replaces, command.digest) in claim.corrections
        if known or command.digest in claim.digests:
            return []
        if application in links.moved:
            return [pass_on(links.lead, command)]
        corrected = filing.decide(applications, approvals, instalments, command)
        return _corrected(links, approvals, own, application, corrected)
    if application in links.moved:
        return [pass_on(links.lead, command)]
    state = approvals.by_application[application].state
    reviewed = isinstance(command, ReviewApplication) and command.verdict == "approve"
    if reviewed and state == "referred" and not claim.withdrawn:
        moved = _moved(links, approvals, application, claim.digest, claim.stated)
        return [moved, pass_on(links.lead, command)]
    if isinstance(command, AnswerPromise) and state == "promised" and not claim.withdrawn:
        return [_moved(links, approvals, application, claim.digest, claim.stated)]
    return None


def _that_waited(links: Links, applications: Applications, command: Command) -> list[Fact]:
    """Send on what came before an application, right behind it."""
    if not isinstance(command, DecideApplication):
        return []
    waited: list[Fact] = [
        pass_on(
            links.lead,
            CorrectApplication(
                application=early.application,
                replaces=early.replaces,
                digest=early.digest,
                stated=early.stated,
                arrived=early.arrived,
            ),
        )
        for early in applications.waiting(command.application)
    ]
    if command.application in applications.withdrawn_early:
        early = WithdrawApplication(application=command.application, reason="先于申请到达的撤回")
        waited.append(pass_on(links.lead, early))
    return waited


def _corrected(
    links: Links, approvals: Approvals, own: str, application: str, corrected: list[Fact]
) -> list[Fact]:
    """Correct here, end what was under way here, and let the lead judge what stands now."""
    last = [fact for fact in corrected if isinstance(fact, ApplicationCorrected)]
    if not last:
        return corrected
    undone = take_back(approvals, application)
    back = returned(links, approvals, own, [application]) if undone else []
    moved = _moved(links, approvals, application, last[-1].digest, last[-1].stated)
    return [*corrected, *undone, *back, moved]


def _moved(
    links: Links, approvals: Approvals, application: str, digest: str, stated: Stated
) -> ApplicationMoved:
    return ApplicationMoved(
        lead=links.lead,
        application=application,
        digest=digest,
        stated=stated,
        attempts=approvals.by_application[application].attempt,
    )


def tell_lead(
    links: Links, approvals: Approvals, own: str, command: Command, facts: list[Fact]
) -> list[Fact]:
    """Add to what this history answers what the lead must hear."""
    ended = [
        fact.application
        for fact in facts
        if isinstance(fact, ApprovalWithdrawn | ApprovalLapsed)
        or (isinstance(fact, ApprovalRevoked) and fact.gives_back_slots)
    ]
    back = returned(links, approvals, own, ended)
    on = [pass_on(links.lead, command)] if facts and isinstance(command, OF_BOTH) else []
    return [*facts, *back, *on]
