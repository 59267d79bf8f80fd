"""budgets: say what may be committed. BudgetCommitted, PassedOn, Queued, Dequeued, Released.

In:   AllocateBudget, CommitBudget, ReleaseBudget, WakeLine, CloseLine
Out:  BudgetAllocated | BudgetCommitted | BudgetPassedOn | CeilingReached | BudgetQueued | BudgetDequeued |
      BudgetReleased | LineClosed
Holds: committed never exceeds allocated; the queue is served strictly in its order, and no later
       smaller claim overtakes it.
"""
