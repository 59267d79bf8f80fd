"""City: the rules as every process, command and page of one ledger loads them.

In:     the folder that `BENEFIT_LEDGER_CITY` names
Out:    Policies, with what the cities decide themselves
Holds:  nothing starts on a folder that cannot be read whole, or whose own rules do not say what its
        notices say; what only a payment would show, and what is to be filled in, `city check` names
"""

from collections.abc import Sequence
from pathlib import Path

import structlog

from policies.authoring.check_version import Problem
from policies.authoring.own_rules import own_rule_problems
from policies.cities import Cities, read_cities
from policies.engine.registry import Policies
from policies.vocabulary.files import FileProblem, each_problem
from services.runtime.configuration import configuration_of
from services.runtime.errors import NotConfigured
from services.runtime.settings import Settings

log = structlog.get_logger("configuration")

_DO = "请改正后再启动；benefit-ledger city check 会列出全部问题。"
_MOST_TOLD = 10


def rules_of_process(settings: Settings) -> Policies:
    """Load the rules as a process begins, and log by which it goes.

    Raises: NotConfigured
    """
    policies = policies_of(settings)
    log.info(
        "configuration",
        configuration=configuration_of(policies),
        cities=" ".join(policies.cities.by_code),
        city=str(settings.city),
    )
    return policies


def policies_of(settings: Settings) -> Policies:
    """Load the rules and the cities of a ledger; while no file changes, those loaded before.

    Raises: NotConfigured, with the file and line that is wrong
    """
    cities = cities_of(settings)
    known = _KNOWN.get(settings.city)
    if known is not None and known.cities.digest == cities.digest:
        return known
    try:
        policies = Policies.load(cities=cities)
        problems = own_rule_problems(policies)
    except FileProblem as problem:
        raise NotConfigured(_told(each_problem(problem)), _DO) from problem
    if problems:
        raise NotConfigured(_told(problems), _DO)
    _KNOWN.clear()
    _KNOWN[settings.city] = policies
    return policies


_KNOWN: dict[Path, Policies] = {}
"""The rules that this process has loaded, by their folder: what is compiled of them is shared."""


def cities_of(settings: Settings) -> Cities:
    """Load the cities of a ledger without the rules.

    Raises: NotConfigured, with the file and line that is wrong
    """
    try:
        return read_cities(settings.city)
    except FileProblem as problem:
        raise NotConfigured(_told(each_problem(problem)), _DO) from problem


def _told(problems: Sequence[FileProblem | Problem]) -> str:
    """A line for each problem; of very many the first ones."""
    lines = [f"{problem}。" for problem in problems[:_MOST_TOLD]]
    if len(problems) > _MOST_TOLD:
        lines.append(f"……共 {len(problems)} 处。")
    return "\n".join(lines)
