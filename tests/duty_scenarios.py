"""Duties: what the ledger owes the notices, each with a scenario of `tests/scenarios`.

The clause of each is in the scenario's `about.yaml`. Duties that reports and public lists fulfil are
not events with facts as their answer, and are not here.
"""

DUTIES = {
    "real-name": "实名制：证件号码逐一校验，一人一号",
    "caps": "限额：跨区县、跨单位、任何次序、重复与中断都不突破",
    "exclusions": "不重复享受",
    "grandfather": "原政策延续至期满",
    "auto-enjoy": "免申即享：比对即发放，盯住期限",
    "budget": "预算额度：不超额度核准与支付，事前报警",
    "pre-check": "支出事前数据比对：每期付款前再查一次",
    "stop": "应停发情形及时停止发放；一人就业，全家移出",
    "advance": "预拨：先付后结，逾期未结的追回",
    "recover": "追回：现金、抵扣、核销与标记",
    "credit": "告知承诺与信用等级",
    "vouchers": "职业培训券：发放、领用、验证、应用",
    "count-once": "在岗培训一年内一人只计一次",
    "targets": "年度目标与进度：人次与人分开，交叉的不相加",
    "reconcile-cash": "账实相符：支付等于银行实付，退回与不明逐笔说明",
}
