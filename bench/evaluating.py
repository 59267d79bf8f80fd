"""Evaluating alone: every golden case of every programme, whole, with its trail; one core."""

import time
from itertools import cycle
from pathlib import Path

from bench.report import Row
from policies.authoring.golden import load_for, run_goldens
from policies.vocabulary.outcomes import Claim, NothingUsed
from services.runtime import garbage_collection

_EACH = 200
"""How many claims of each programme make a round."""

_CASES = Path(__file__).parent.parent / "tests" / "policies"


def run(evaluations: int) -> Row:
    """Evaluate golden cases: granted, denied and referred, as written.

    Holds: every programme comes as often as any other, its cases in turn
    """
    policies = load_for(_CASES)[None]
    by_programme: dict[str, list[Claim]] = {}
    for result in run_goldens(_CASES, load_for(_CASES)):
        by_programme.setdefault(result.claim.programme, []).append(result.claim)
    each = [cycle(cases) for cases in by_programme.values()]
    claims = [next(cases) for _ in range(_EACH) for cases in each]
    rounds = max(1, evaluations // len(claims))
    nobody = NothingUsed()
    for claim in claims:  # compile what they meet
        policies.evaluate(claim, nobody)
    garbage_collection.collect_rarely()  # as in the process that decides
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
