"""claims: decide whether money is due. Proposed, Denied, Referred, then Granted or Held.

In:   DecideApplication, CorrectApplication, WithdrawApplication (after applications),
      ReviewApplication, AnswerBudget, NoteMark
Out:  ApprovalProposed | ApprovalDenied | ApprovalReferred, then ApprovalGranted | ApprovalHeld,
      ApprovalLapsed | ApprovalWithdrawn; CommitmentDeclined; MarkNoted
Holds: a cap is never exceeded; a slot taken is given back exactly when the approval ends unpaid.
"""
