"""Rules: the policies as commands read them that need no running ledger.

In:    the setting of the city, as every process has it; `--parameters`, which go before it
Out:   Policies
Holds: what such a command answers is what the ledger would answer. Without a folder of a city, where
       none is set, they know what ships alone, and say so
"""

from pathlib import Path

from policies.engine.registry import Policies
from services.cli.arguments import read_settings
from services.cli.screen import errors
from services.runtime.city import policies_of
from services.runtime.settings import Settings
from services.tools.authoring.overlay import overlaid


def rules(parameters: Path | None = None) -> Policies:
    """Load the rules with what the city decides itself; a directory for a try-out goes before it.

    Raises: NotConfigured, NoPolicies
    """
    settings = read_settings()
    if has_city(settings):
        policies = policies_of(settings)
        return policies if parameters is None else overlaid(parameters, policies.cities)
    return Policies.load() if parameters is None else overlaid(parameters)


def has_city(settings: Settings) -> bool:
    """Whether there is a city to read: one that is set must be there, the default may be absent."""
    if "city" in settings.model_fields_set or settings.city.exists():
        return True
    errors.print(
        f"没有城市目录 {settings.city}，只用随附的规则；用 BENEFIT_LEDGER_CITY 指明本市的目录。",
        highlight=False,
    )
    return False
