"""Places: which jurisdictions a region falls under, and the funds that clauses name.

Holds: codes are GB/T 2260; the chain goes from the most specific to the province.
"""

from typing import Final

FUNDS: Final[dict[str, str]] = {
    "失业保险基金": "unemployment_insurance",
    "失业保险调剂金": "unemployment_adjustment",
    "就业补助资金": "employment_subsidy",
    "职业技能提升行动专账资金": "skills_special_account",
    "人才发展专项资金": "talent_development",
    "普惠金融发展专项资金": "inclusive_finance",
    "县(市)区财政": "county_budget",
    "工业企业结构调整专项奖补资金": "industrial_restructuring",
    "衔接推进乡村振兴补助资金": "rural_transition",
    "就业风险储备金": "risk_reserve",
    "中央专项彩票公益金": "welfare_lottery",
}
"""The funds as the clauses call them, and their ids in the books."""


def jurisdictions(region: str) -> tuple[str, ...]:
    """The region itself, its city and its province, each once, most specific first."""
    return tuple(dict.fromkeys((region, region[:4] + "00", region[:2] + "0000")))


def lies_in(region: str, jurisdiction: str) -> bool:
    """Whether a region belongs to a district, city or province."""
    return jurisdiction in jurisdictions(region)
