"""disbursements: pay an instalment once. Ordered, Batched, Sent, Settled, Returned.

In:   OrderPayment, ClaimDisbursement, FreeDisbursement, MarkSent, RecordOutcome, ResolveDispute,
      AskOutcome, CancelPayment
Out:  DisbursementOrdered | DisbursementBatched | DisbursementClaimRefused | DisbursementUnbatched |
      DisbursementSent | DisbursementSettled | DisbursementReturned | DisbursementCancelled |
      DisbursementDisputed | DisputeResolved | OutcomeAsked
Holds: a disbursement is in at most one batch; an instruction has at most one final outcome; where
       the bank contradicts itself nothing leaves until a person has found out.
"""
