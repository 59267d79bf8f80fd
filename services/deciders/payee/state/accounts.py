"""What is known of one payee beside payments and debts: accounts, mark, grade."""

from dataclasses import dataclass, field

from events.payees import FIRST_GRADE, AccountProposed, Grade


@dataclass(slots=True)
class AccountsAndCredit:
    """The accounts that replace others, proposals that wait, the mark of fraud, the credit.

    `promises` are those that count, by application: the attempt; `judged_promises` all that were
    ever answered.
    """

    by_application: dict[str, str] = field(default_factory=dict)
    replaced_by: dict[str, str] = field(default_factory=dict)
    version: int = 1
    proposals: dict[str, AccountProposed] = field(default_factory=dict)
    judged: set[str] = field(default_factory=set)
    frauds: set[str] = field(default_factory=set)
    grade: Grade = FIRST_GRADE
    promises: dict[str, int] = field(default_factory=dict)
    judged_promises: dict[str, int] = field(default_factory=dict)
    late: frozenset[str] = frozenset()

    def account(self, application: str, stated: str) -> str:
        """Tell into which account an application is paid now, where it stated this one."""
        return self.by_application.get(application) or self.replaced_by.get(stated, stated)

    def change(self, application: str, account: str, replaces: str) -> None:
        """Fold a change: whatever led to the old account leads to the new one."""
        self.version += 1
        self.by_application[application] = account
        if replaces and replaces != account:
            for map_ in (self.replaced_by, self.by_application):
                for key, value in map_.items():
                    if value == replaces:
                        map_[key] = account
            self.replaced_by[replaces] = account
            self.replaced_by.pop(account, None)
