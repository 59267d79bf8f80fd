"""camt messages: statements of an example account as a bank would send them, in any version.

Holds: what is made here is valid by the published schema; a test that wants a broken one breaks it
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

ACCOUNT = "9900000000001234"
_NAMES = {
    "camt.052": ("BkToCstmrAcctRpt", "Rpt"),
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


@dataclass(frozen=True)
class CamtEntry:
    """One entry; `instructions` are its transactions, one or many."""

    amount: str
    side: str = "DBIT"
    day: str = "<Dt>2022-08-29</Dt>"
    status: str = "BOOK"
    currency: str = "CNY"
    reversal: bool = False
    instructions: tuple[str, ...] = ()
    words: str = ""
    reference: str = "BK0001"
    code: str = "<Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd><SubFmlyCd>OTHR</SubFmlyCd></Fmly></Domn>"
    returned: str = ""
    batch: str = ""

    def xml(self, version: int) -> str:
        """The entry as this version writes it."""
        status = f"<Cd>{self.status}</Cd>" if version >= 7 else self.status
        words = f"<AddtlNtryInf>{self.words}</AddtlNtryInf>" if self.words else ""
        details = "".join(self._transaction(one, version) for one in self.instructions)
        if self.batch:
            details = f"<Btch><PmtInfId>{self.batch}</PmtInfId></Btch>{details}"
        details = f"<NtryDtls>{details}</NtryDtls>" if details else ""
        return (
            f'<Ntry><Amt Ccy="{self.currency}">{self.amount}</Amt><CdtDbtInd>{self.side}</CdtDbtInd>'
            f"{'<RvslInd>true</RvslInd>' if self.reversal else ''}<Sts>{status}</Sts>"
            f"<BookgDt>{self.day}</BookgDt><AcctSvcrRef>{self.reference}</AcctSvcrRef>"
            f"<BkTxCd>{self.code}</BkTxCd>{details}{words}</Ntry>\n"
        )

    def _transaction(self, instruction: str, version: int) -> str:
        returned = f"<RtrInf><Rsn><Cd>{self.returned}</Cd></Rsn></RtrInf>" if self.returned else ""
        amount = (
            f'<Amt Ccy="CNY">{self.amount}</Amt><CdtDbtInd>{self.side}</CdtDbtInd>'
            if version >= 3
            else ""
        )
        return (
            f"<TxDtls><Refs><EndToEndId>{instruction}</EndToEndId></Refs>{amount}"
            "<RltdAgts><DbtrAgt><FinInstnId><Nm>示例银行</Nm></FinInstnId></DbtrAgt></RltdAgts>"
            f"<RmtInf><Ustrd>就业补贴</Ustrd></RmtInf>{returned}</TxDtls>"
        )


@dataclass(frozen=True)
class CamtStatement:
    """One statement: its balances by code, its entries."""

    entries: Sequence[CamtEntry] = ()
    balances: Sequence[tuple[str, str, str]] = (
        ("OPBD", "1000000.00", "2022-08-01"),
        ("CLBD", "998495.00", "2022-08-31"),
    )
    name: str = "2022-08"
    account: str = ACCOUNT
    currency: str = "CNY"
    period: tuple[str, str] | None = ("2022-08-01T00:00:00", "2022-08-31T23:59:59")
    totals: str = ""
    pages: str = ""

    def xml(self, kind: str, version: int) -> str:
        """The statement as this version writes it."""
        tag = _NAMES[kind][1]
        bounds = (
            f"<FrToDt><FrDtTm>{self.period[0]}</FrDtTm><ToDtTm>{self.period[1]}</ToDtTm></FrToDt>"
            if self.period
            else ""
        )
        balances = "".join(
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
            f'<Amt Ccy="CNY">{amount.lstrip("-")}</Amt>'
            f"<CdtDbtInd>{'DBIT' if amount.startswith('-') else 'CRDT'}</CdtDbtInd>"
            f"<Dt><Dt>{day}</Dt></Dt></Bal>\n"
            for code, amount, day in self.balances
            if kind != "camt.054"
        )
        entries = "".join(entry.xml(version) for entry in self.entries)
        return (
            f"<{tag}><Id>{self.name}</Id>{self.pages}<CreDtTm>2022-09-01T08:00:00+08:00</CreDtTm>"
            f"{bounds}<Acct><Id><Othr><Id>{self.account}</Id></Othr></Id><Ccy>{self.currency}</Ccy>"
            f"</Acct>\n{balances}{self.totals}{entries}</{tag}>\n"
        )


@dataclass(frozen=True)
class CamtMessage:
    """A message of one or several statements."""

    statements: Sequence[CamtStatement] = field(default_factory=tuple)
    kind: str = "camt.053"
    version: int = 8
    pages: str = ""

    def xml(self) -> bytes:
        """The bytes of the file."""
        name = _NAMES[self.kind][0]
        body = "".join(one.xml(self.kind, self.version) for one in self.statements)
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{self.kind}.001.{self.version:02}">\n'
            f"<{name}><GrpHdr><MsgId>M1</MsgId><CreDtTm>2022-09-01T08:00:00+08:00</CreDtTm>"
            f"{self.pages}</GrpHdr>\n{body}</{name}>\n</Document>\n"
        ).encode()


PAYMENT = CamtEntry("1500.00", instructions=("B220831000100001",))
FEE = CamtEntry("5.00", day="<Dt>2022-08-30</Dt>", words="账户手续费", reference="BK0002")
AUGUST = CamtStatement((PAYMENT, FEE))
