"""disbursements: pay an instalment once. Ordered, Batched, Sent, Settled, Returned.

In:   OrderPayment, ClaimDisbursement, FreeDisbursement, MarkSent, RecordOutcome
Out:  DisbursementOrdered | DisbursementBatched | DisbursementClaimRefused | DisbursementUnbatched |
      DisbursementSent | DisbursementSettled | DisbursementReturned
Holds: a disbursement is in at most one batch; an instruction has at most one final outcome.
"""
