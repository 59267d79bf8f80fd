"""Routes: what may keep a claim from being proposed though every clause holds: how it was made.

Nobody applied (免申即享): a clause must say so. A promise stands for papers (告知承诺): the notice
must offer it for these facts, and the payee's own history must say that it is trusted.
"""

from events import streams
from events.application_facts.checking import WITHOUT_APPLICATION
from events.applications import Stated
from events.approvals import ApprovalReferred
from events.envelope import Asked, Recorded, follow_up
from events.promises import CheckPromise, PromiseMade
from events.values import Fact
from policies.duties import Duties, promises
from policies.vocabulary.outcomes import Grant


def before_proposing(
    application: str, attempt: int, stated: Stated, grant: Grant, duties: Duties
) -> list[Fact]:
    """Send a claim to a person, or ask the payee's history first; nothing for the usual claim."""
    made = promised(stated)
    doubt = _without_application(stated, grant, duties) or _beyond_the_offer(
        stated, made, grant, duties
    )
    if doubt is not None:
        code, text = doubt
        referred = ApprovalReferred(
            application=application, code=code, text=text, policy=grant.policy, trail=grant.trail
        )
        return [referred]
    if not made:
        return []
    return [
        PromiseMade(
            application=application,
            attempt=attempt,
            payee=stated.payee,
            facts=made,
            grades=tuple(duties.promises.grades),
        )
    ]


def promised(stated: Stated) -> tuple[str, ...]:
    """Name the facts that a claim promises instead of proving."""
    facts = stated.facts.get(promises.FACT)
    return tuple(facts) if isinstance(facts, list) else ()


def _without_application(stated: Stated, grant: Grant, duties: Duties) -> tuple[str, str] | None:
    if stated.facts.get(WITHOUT_APPLICATION) is not True:
        return None
    if duties.matches.of(stated.programme, grant.policy.jurisdiction):
        return None
    return "NO_DATA_MATCH", "文件没有规定该项补贴免申即享，须由本人或单位申请"


def _beyond_the_offer(
    stated: Stated, made: tuple[str, ...], grant: Grant, duties: Duties
) -> tuple[str, str] | None:
    if not made:
        return None
    table = duties.promises
    offered = table.promisable(stated.programme, stated.region, stated.applied_on)
    if not offered or grant.payee not in table.payees:
        return "NO_PROMISE", "该项补贴、该收款人不适用书面承诺，须提交证明材料"
    if beyond := [fact for fact in made if fact not in offered]:
        return "NOT_PROMISABLE", f"不能以书面承诺代替证明：{'、'.join(beyond)}"
    return None


def low_credit(grade: str) -> tuple[str, str]:
    """Say why a promise does not count."""
    return "LOW_CREDIT", f"收款单位信用等级为{grade}，不适用书面承诺，须提交证明材料"


def follow_ups(recorded: Recorded) -> list[Asked]:
    """Ask the payee's history about a promise.

    Holds: a pure function of one committed fact
    """
    match recorded.body:
        case PromiseMade() as fact:
            check = CheckPromise(
                application=fact.application,
                attempt=fact.attempt,
                beneficiary=recorded.stream,
                facts=fact.facts,
                grades=fact.grades,
            )
            return [follow_up(recorded, 0, streams.payee(fact.payee), check)]
        case _:
            return []
