"""Examples: one message of every type, made up, that is taken as it stands.

The people do not exist: their ids carry the sequence numbers 000 to 009 of invented birthdays.
"""

from typing import Any

from events.contract.inbound.catalogue import TYPES
from events.contract.inbound.claims import Claim
from events.contract.inbound.cloudevent import Event
from events.contract.inbound.identity import check_character
from events.contract.inbound.reader import Inbound, read_data
from events.contract.inbound.semantics import Known

SOURCE = "district-211202.hrss"


def person(first: str, name: str) -> dict[str, str]:
    """A made-up person whose id has the right check character."""
    return {"kind": "person", "id": first + check_character(first), "name": name}


_ZHANG = person("21120219900307000", "张示例")
_LI = person("21122119951120001", "李示例")
_WANG = person("21128219980215002", "王示例")
_EMPLOYER = {"kind": "unit", "id": "91211200MA0XXXX19D", "name": "铁岭示例机械有限公司"}
_ACCOUNT = {"bank": "中国工商银行铁岭银州支行", "number": "6222020000000000017", "holder": "张示例"}
_CERTIFICATE = {
    "certificate.level": "四级",
    "certificate.occupation": "电工",
    "certificate.number": "S000021120001224000017",
    "certificate.issued_on": "2022-03-15",
    "person.status": ["领取失业保险金期间@2022-01-01/"],
}
_SUBMITTED = {
    "application": "TL-2022-005120",
    "programme": "skill-upgrade",
    "region": "211202",
    "applied_on": "2022-08-12",
    "channel": "hall",
    "beneficiary": _ZHANG,
    "account": _ACCOUNT,
    "facts": _CERTIFICATE,
}

DATA: dict[str, dict[str, Any]] = {
    "application.submitted": _SUBMITTED,
    "application.corrected": {
        **_SUBMITTED,
        "facts": {**_CERTIFICATE, "certificate.level": "三级"},
        "replaces": "",  # filled in by `events`: the digest of the example above
    },
    "application.withdrawn": {"application": "TL-2022-005120", "reason": "本人放弃申请"},
    "application.batch-submitted": {
        "application": "TL-2022-B0017",
        "programme": "post-skill",
        "region": "211202",
        "applied_on": "2021-10-20",
        "channel": "employer",
        "facts": {
            "applicant.kind": "职工",
            "certificate.occupation": "焊工",
            "certificate.level": "四级",
            "certificate.issued_on": "2021-06-15",
            "contract.months": 36,
        },
        "lines": [
            {
                "line": "1",
                "beneficiary": _LI,
                "account": {
                    "bank": "中国建设银行铁岭分行",
                    "number": "6217000000000000025",
                    "holder": "李示例",
                },
                "facts": {"certificate.number": "S000021120001214000101", "insured_months": 26},
            },
            {
                "line": "2",
                "beneficiary": _WANG,
                "account": {
                    "bank": "中国农业银行开原支行",
                    "number": "6228480000000000033",
                    "holder": "王示例",
                },
                "facts": {"certificate.number": "S000021120001214000102", "insured_months": 40},
            },
        ],
    },
    "review.decided": {
        "application": "TL-2022-005120",
        "verdict": "approve",
        "reviewer": "sh-0107",
        "document": "银人社审〔2022〕18号",
        "reason": "经核实，取得证书时正在领取失业保险金",
    },
    "account.corrected": {
        "application": "TL-2022-005120",
        "payee": _ZHANG,
        "account": {**_ACCOUNT, "number": "6222020000000000041"},
        "document": "银人社更〔2022〕5号",
        "reason": "原账户已销户",
    },
    "approval.revoked": {
        "application": "TL-2022-005120",
        "cause": "administrative_error",
        "document": "银人社撤〔2022〕2号",
        "reason": "证书等级录入有误",
    },
    "advance.ordered": {
        "application": "TL-2022-005120",
        "rate_percent": 20,
        "planned_fen": 150000,
        "settle_by": "2023-03-31",
        "document": "银人社预〔2022〕1号",
    },
    "clawback.repaid": {
        "clawback": "ZH-2022-0007",
        "debtor": _ZHANG,
        "amount_fen": 50000,
        "received_on": "2022-11-20",
        "bank_account": "icbc-1234",
        "bank_reference": "2022112000008",
    },
    "clawback.ordered": {
        "clawback": "ZH-2022-0007",
        "application": "TL-2022-005120",
        "debtor": _ZHANG,
        "cause": "fraud",
        "amount_fen": 150000,
        "floor_fen": 50000,
        "document": "银人社追〔2022〕7号",
        "reason": "经查证书系伪造",
    },
    "payee.fraud-found": {
        "party": _EMPLOYER,
        "document": "银人社罚〔2022〕3号",
        "reason": "虚报培训人数",
    },
    "payment.settled": {
        "instruction": "B220831000300001",
        "amount_fen": 150000,
        "value_on": "2022-08-31",
        "bank_reference": "2022083100017",
    },
    "payment.returned": {
        "instruction": "B220831000300002",
        "amount_fen": 200000,
        "value_on": "2022-08-31",
        "code": "AC04",
        "reason": "账户已销户",
        "bank_reference": "2022083100018",
    },
    "person.status-changed": {"person": _ZHANG, "status": "employed", "since": "2022-09-01"},
    "instalment.evidence": {
        "application": "TL-2022-005120",
        "month": "2022-09",
        "kind": "contributions",
        "contributed_fen": 86400,
        "document": "缴费 2022-09-18831",
    },
    "plan.ended": {
        "application": "TL-2022-005120",
        "ended_on": "2022-08-31",
        "because": "stable_job",
        "document": "劳动合同 2022-771",
    },
    "plan.extended": {
        "application": "TL-2022-005120",
        "reviewer": "sh-0417",
        "document": "铁人社审〔2022〕88号",
        "reason": "期满仍从事灵活就业",
    },
    "household.member-joined": {
        "household": "LJY-2022-018",
        "person": _ZHANG,
        "since": "2022-03-01",
    },
    "household.member-left": {"household": "LJY-2022-018", "person": _LI, "since": "2022-08-15"},
    "person.prior-use": {
        "person": _LI,
        "document": "银人社发〔2021〕3号",
        "programme": "skill-upgrade",
        "slots": [{"family": "skill-upgrade", "cap": "per_year", "period": "2022", "no": 1}],
        "amount_fen": 150000,
        "granted_on": "2022-02-20",
    },
    "budget.allocated": {
        "document": "铁财社〔2022〕15号",
        "fund": "unemployment_insurance",
        "district": "211202",
        "year": 2022,
        "amount_fen": 500000000,
    },
    "budget.adjusted": {
        "document": "铁财社〔2022〕31号",
        "fund": "unemployment_insurance",
        "district": "211202",
        "year": 2022,
        "by_fen": -50000000,
        "reason": "年中调减",
    },
    "budget.ceiling-set": {
        "document": "铁财社〔2022〕18号",
        "ceiling": "incubator",
        "district": "211202",
        "year": 2022,
        "amount_fen": 300000000,
    },
    "budget.closed": {
        "document": "铁财社〔2023〕1号",
        "fund": "unemployment_insurance",
        "district": "211202",
        "year": 2022,
        "queue": "carry",
    },
    "figure.stated": {
        "jurisdiction": "211200",
        "name": "skill_upgrade.employee_rates",
        "from_on": "2022-09-01",
        "value": {"五级": 1000, "四级": 1800, "三级": 2000},
        "document": "铁市人社〔2022〕40号",
    },
    "voucher.issued": {
        "voucher": "PXQ-2022-000417",
        "person": _LI,
        "district": "211202",
        "issued_on": "2022-08-01",
        "valid_until": "2022-12-31",
    },
    "voucher.claimed": {"voucher": "PXQ-2022-000417", "person": _LI, "on": "2022-08-03"},
    "voucher.verified": {"voucher": "PXQ-2022-000417", "person": _LI, "on": "2022-08-15"},
    "voucher.used": {
        "voucher": "PXQ-2022-000417",
        "person": _LI,
        "on": "2022-08-15",
        "programme": "free-training",
        "course": "YZ-2022-031",
        "application": "TL-2022-007310",
    },
    "statement.opened": {
        "bank_account": "icbc-1234",
        "month": "2022-08",
        "opening_balance_fen": 1248630000,
    },
    "statement.line": {
        "bank_account": "icbc-1234",
        "line": "20220831-412",
        "booked_on": "2022-08-31",
        "amount_fen": -150000,
        "reference": "B220831000300001",
        "purpose": "技能提升补贴",
        "balance_after_fen": 1248480000,
        "kind": "payment",
    },
    "account.opening-balance": {
        "bank_account": "icbc-1234",
        "month": "2022-01",
        "fund": "unemployment_insurance",
        "district": "211202",
        "amount_fen": 1200000000,
        "document": "铁财库〔2022〕1号",
    },
}


def events() -> dict[str, dict[str, Any]]:
    """Every example as a CloudEvent in structured form, by type."""
    return {
        name: {
            "specversion": "1.0",
            "id": f"example-{number:02d}",
            "source": SOURCE,
            "type": name,
            "time": "2022-09-01T09:14:00+08:00",
            "datacontenttype": "application/json",
            "dataversion": "1",
            "data": _filled(name),
        }
        for number, name in enumerate(TYPES, 1)
    }


def _filled(name: str) -> dict[str, Any]:
    data = DATA[name]
    return {**data, "replaces": _digest()} if "replaces" in data else data


def _digest() -> str:
    """The digest of the example of a submitted application."""
    known = Known(frozenset({"skill-upgrade"}), {"211202": ""}, frozenset())
    event = Event("example", SOURCE, "application.submitted", _SUBMITTED)
    (answer,) = read_data(event, known, _NOON_MS)
    assert isinstance(answer, Inbound)
    assert isinstance(answer.body, Claim)
    return answer.body.digest


_NOON_MS = 1_662_000_000_000
"""2022-09-01, when the examples are sent."""
