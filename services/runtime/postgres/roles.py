"""roles: as which role of the database a process asks, so that it may do its own work and no other's.

Holds: the roles are made by migration 0012; a log-in that may not take one cannot start the process
"""

PROJECTOR = "benefit_projector"
CLERK = "benefit_clerk"
INTAKE = "benefit_intake"
WEB = "benefit_web"
WEB_ALL = "benefit_web_all"


def settings_of(process: str, role: str) -> dict[str, str]:
    """What every connection of a process begins with: its name and its role."""
    return {"application_name": f"benefit-ledger {process}", "role": role}
