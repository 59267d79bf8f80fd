"""One beneficiary, as the whole history stands."""

from dataclasses import dataclass, field

from services.deciders.beneficiary.state.applications import Applications
from services.deciders.beneficiary.state.approvals import Approvals
from services.deciders.beneficiary.state.early_requests import NONE_KEPT, EarlyRequests
from services.deciders.beneficiary.state.instalments import Instalments
from services.deciders.beneficiary.state.links import Links
from services.deciders.beneficiary.state.status import Status


@dataclass(slots=True)
class BeneficiaryState:
    """One person's or unit's claims, approvals with their caps, instalments, status and links.

    `links` is None for the many who are linked to nobody; `early_requests` came before their time;
    `judges` are the people who have judged an application, None for the many whom rules alone judged.
    """

    applications: Applications = field(default_factory=Applications)
    approvals: Approvals = field(default_factory=Approvals)
    instalments: Instalments = field(default_factory=Instalments)
    status: Status = field(default_factory=Status)
    links: Links | None = None
    early_requests: EarlyRequests = field(default_factory=lambda: NONE_KEPT)
    judges: dict[str, tuple[str, ...]] | None = None

    def own_links(self) -> Links:
        """Take the links to fold into."""
        if self.links is None:
            self.links = Links()
        return self.links
