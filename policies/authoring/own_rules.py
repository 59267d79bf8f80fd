"""Own rules: whether what a city writes down itself says what its notices say, like ours.

In:    the policies as loaded, with the cities that they are for
Out:   problems with file and line, in the order of the files
Holds: a city without notices, programmes or duties of its own costs nothing; what ships is not looked
       at again, but for what stands between a city's programme and ours
"""

from collections.abc import Iterator, Mapping
from typing import Any

from events.application_facts import FactType
from events.application_facts.checking import BY_NAME
from policies.authoring.check import figure_problems, notice_problems, problems_across
from policies.authoring.check_version import Law, Problem, Version, version_problems
from policies.authoring.quotes import Registered, clause_text, joined_notices, occurs
from policies.authoring.target_check import target_problems
from policies.cities import City
from policies.duties import own_tables
from policies.engine.facts_used import facts_used
from policies.engine.nodes import amounts
from policies.engine.registry import Policies
from policies.engine.versions import ROOT, Policy
from policies.vocabulary import Monthly, Per
from policies.vocabulary.files import FileProblem, each_problem, parsed

_FACTS = ("listed", "start", "count", "until", "running", "begins")
"""The keys of a duty that name a fact."""


def own_rule_problems(policies: Policies) -> list[Problem]:
    """Everything wrong with the rules of the cities, which could all be read."""
    cities = [city for city in policies.cities if _has_rules(city)]
    if not cities:
        return []
    folders = [ROOT / "notices", *(city.folder / "notices" for city in policies.cities)]
    try:
        notices = joined_notices(folders)
    except FileProblem as error:
        return [Problem(one.path, one.line, "", one.message) for one in each_problem(error)]
    law = Law(notices, policies.written.declared)
    problems = list[Problem]()
    for city in cities:
        problems += notice_problems(_within(city, notices))
        for path in city.parts("figures", "*/*.yaml"):
            problems += figure_problems(parsed(path), path.parent.name, law)
        problems += target_problems(city, notices)
    problems += own_duty_problems(policies, law)
    own = [policy for policy in policies if policy.city]
    for policy in own:
        problems += version_problems(Version(policy.file, policy.text), law)
    if own:
        problems += problems_across([Version(policy.file, policy.text) for policy in policies])
    return problems


def own_duty_problems(policies: Policies, law: Law) -> list[Problem]:
    """What is wrong with the duties of the cities' programmes, or lacking of them."""
    problems = list[Problem]()
    for city in policies.cities:
        problems += _duties(city, _own(policies, city), law)
    for policy in policies:
        problems += _months(policy, policies) if policy.city else ()
    return problems


def _has_rules(city: City) -> bool:
    """Whether a city states more than figures, or cites a clause."""
    folders = ("notices", "programmes", "duties")
    return (
        city.targets is not None
        or any((city.folder / name).is_dir() for name in folders)
        or any("cite:" in path.read_text("utf-8") for path in city.parts("figures", "*/*.yaml"))
    )


def _own(policies: Policies, city: City) -> set[str]:
    """The programmes that a city brings in."""
    return {one.text.policy for one in policies if one.city == city.code} - {
        one.text.policy for one in policies if not one.city
    }


def _within(city: City, notices: Mapping[str, Registered]) -> dict[str, Registered]:
    return {
        number: one for number, one in notices.items() if one.file.path.is_relative_to(city.folder)
    }


def _duties(city: City, own: set[str], law: Law) -> Iterator[Problem]:
    """Whether a city's duties quote their clauses, and name facts and figures that there are."""
    for table in own_tables(city.folder / "duties", own, city.has):
        for index, row in enumerate(table.file.data.get(table.name, [])):
            for clause, message in _row(row, law):
                line = table.file.line((table.name, index))
                yield Problem(table.file.path, line, clause, f"{row['id']}: {message}")


def _row(row: Mapping[str, Any], law: Law) -> Iterator[tuple[str, str]]:
    for part in _mappings(row):
        cite, quote = part.get("cite"), part.get("quote")
        if cite is not None and quote is not None:
            clause = clause_text(law.notices, cite)
            if clause is None:
                yield cite, f"{cite} 没有登记"
            elif not occurs(quote, clause):
                yield cite, f"{cite} 里没有这句原文：{quote}"
    for key in _FACTS:
        if (fact := row.get(key)) is not None and fact not in BY_NAME:
            yield "", f"没有名为 {fact} 的事实"
    for figure in (row.get("share", {}).get("param"), row.get("recovers", {}).get("of")):
        if figure is not None and figure not in law.declared:
            yield "", f"参数 {figure} 没有声明"


def _mappings(node: object) -> Iterator[Mapping[str, Any]]:
    """A row, and every mapping below it."""
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _mappings(value)


def _months(policy: Policy, policies: Policies) -> Iterator[Problem]:
    """Whether a programme whose amount goes by months says for which, and when they are due."""
    text, used = policy.text, set(facts_used(policy.text))
    if any(isinstance(one, Monthly) for one in amounts(text.amount)):
        return
    by_months = {name for name in used if BY_NAME[name].type is FactType.MONTHS} | {
        one.count
        for one in amounts(text.amount)
        if isinstance(one, Per) and BY_NAME[one.count].unit in ("个月", "天")
    }
    rule = policies.duties.months.of(text.policy)
    version = Version(policy.file, text)
    if rule is None and by_months:
        words = f"{'、'.join(sorted(by_months))} 按月计发，须在 duties/months.yaml 写明按哪些月份、何时到期"
        yield version.problem("amount", text.cite, words)
    if rule is not None:
        told = {rule[name] for name in ("listed", "start", "count", "until", "running")} - {None}
        if strange := sorted(str(name) for name in told - used):
            words = f"duties/months 的 {rule.id} 用到 {'、'.join(strange)}，这一版没有用到"
            yield version.problem("amount", text.cite, words)
