"""City: the rules as every process, command and page of one ledger loads them.

In:     the folder that `BENEFIT_LEDGER_CITY` names
Out:    Policies, with what the cities decide themselves
Holds:  nothing starts on a folder that does not check
"""

from policies.cities import read_cities
from policies.engine.registry import Policies
from policies.vocabulary.files import FileProblem
from services.runtime.errors import NotConfigured
from services.runtime.settings import Settings


def policies_of(settings: Settings) -> Policies:
    """Load the rules and the cities of a ledger.

    Raises: NotConfigured, with the file and line that is wrong
    """
    try:
        return Policies.load(cities=read_cities(settings.city))
    except FileProblem as problem:
        raise NotConfigured(
            f"{problem}。", "请改正后再启动；benefit-ledger city check 会列出全部问题。"
        ) from problem
