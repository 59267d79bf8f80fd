"""programmes: what benefits and fact names are called on screen, from the policies themselves."""

from functools import cache

from events.application_facts.checking import BY_NAME, OTHER_NAME
from policies.engine.registry import Policies
from policies.engine.versions import Policy


@cache
def titles(policies: Policies) -> dict[str, str]:
    """Programme ids with the titles that notices give them; the newest version's wins, and what ships
    goes before a city's own version of it."""
    newest = sorted(policies, key=lambda policy: (not policy.city, policy.text.version))
    return {policy.text.policy: policy.text.title for policy in newest}


def short(policies: Policies, programme: str) -> str:
    """A programme's title for lists, without what stands in brackets."""
    return title(policies, programme).partition("（")[0]


def title(policies: Policies, programme: str) -> str:
    """A programme's title, or its id where no policy of it is here."""
    return titles(policies).get(programme, programme)


def version(policies: Policies, content_hash: str) -> Policy | None:
    """The policy with this content; None when it is not part of this installation."""
    try:
        return policies.policy(content_hash)
    except KeyError:
        return None


def label(fact: str) -> str:
    """A stated fact's name on screen."""
    if fact == OTHER_NAME:
        return "同一证件号码另报姓名"
    known = BY_NAME.get(fact)
    return known.label if known else fact
