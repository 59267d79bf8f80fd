"""clawbacks: get back what was not due. Ordered, Recovered, Offset, WrittenOff.

In:   OrderClawback, ProposeClawback, JudgeClawback, StopPayments, RecordRecovery,
      ProposeWriteOff, JudgeWriteOff
Out:  ClawbackProposed | ClawbackRejected | ClawbackOrdered | ClawbackRecovered | ClawbackOffset |
      WriteOffProposed | WriteOffRejected | ClawbackWrittenOff | PaymentsStopped
Holds: no more is asked back than was enjoyed, none is taken twice; who proposes does not decide.
"""
