"""budget line: say what may be committed. BudgetCommitted, PassedOn, Queued, Dequeued, Released.

In:   AllocateBudget, CommitBudget, ReleaseBudget, WakeLine, SpendBudget, ReverseSpending,
      EarmarkAdvance, FreeEarmark, CloseLine; adjustments
Out:  BudgetAllocated | BudgetCommitted | BudgetPassedOn | CeilingReached | BudgetQueued |
      BudgetDequeued | BudgetReleased | BudgetSpent | BudgetSpendingReversed | AdvanceEarmarked |
      EarmarkFreed | LineClosed
Holds: committed never exceeds allocated; the queue is served strictly in its order, and no later
       smaller claim overtakes it.
"""
