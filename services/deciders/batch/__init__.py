"""batch: let one payment file go, once, by two people. Requested, Prepared, Released, Sent.

In:   PrepareBatch, AnswerClaim, ReleaseBatch, RejectBatch, BeginSending, ConfirmSent,
      RecordBankResult, HoldBatch, TakeOutLine
Out:  BatchRequested | BatchLineClaimed | BatchLineRefused | BatchPrepared | BatchReleased |
      BatchRejected | BatchSending | BatchSent | BatchResultRecorded | BatchClosed | BatchHeld |
      BatchLineTakenOut
Holds: who releases is not who prepared; what is released is exactly the list that was shown.
"""
