"""statement file: a bank's file of an account is held by one person and taken by another.

In:   HoldStatement, ReleaseStatement, RejectStatement, AnswerStatementPart, ReverseStatement,
      AnswerStatementReversal
Out:  StatementHeld | StatementReleased | StatementRejected | StatementPartAnswered |
      StatementTaken | StatementReversing | StatementReversalAnswered | StatementReversed
Holds: who takes a file did not hand it in; a file is taken once every month has its part on record.
"""
