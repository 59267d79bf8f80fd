"""Evaluating alone: every golden case of every programme, whole, with its trail; one core."""

import time
from pathlib import Path

from bench.report import Row
from policies.golden import load_for, run_goldens
from policies.outcomes import NothingUsed

_CASES = Path(__file__).parent.parent / "tests" / "policies"


def run(evaluations: int) -> Row:
    """Evaluate the golden cases round after round: granted, denied and referred, as written.

    Holds: the mix is that of the cases, every programme and version among them
    """
    policies = load_for(_CASES)[None]
    claims = [result.claim for result in run_goldens(_CASES, load_for(_CASES))]
    rounds = max(1, evaluations // len(claims))
    nobody = NothingUsed()
    for claim in claims:  # compile what they meet
        policies.evaluate(claim, nobody)
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(rounds):
        for claim in claims:
            policies.evaluate(claim, nobody)
    return Row(
        "政策评估（一个核，全部项目，含依据）",
        "whole evaluations with trail, all programmes",
        rounds * len(claims),
        time.perf_counter() - wall,
        time.process_time() - cpu,
    )
