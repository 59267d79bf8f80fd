"""bank month: keep the bank's own words, a line or a day a fact. StatementLineRecorded, StatementDaysRecorded.

In:   OpenStatement, RecordStatementLine, RecordStatementDays, ReverseStatementDays,
      ClassifyStatementLine, ReverseClassification, RecordOpeningBalance
Out:  StatementOpened | StatementLineRecorded | StatementLineClassified | StatementDaysRecorded |
      StatementDaysDeclined | StatementDaysReversed | StatementReversalDeclined |
      LineClassificationReversed | OpeningBalance
Holds: a line once recorded never changes; the same line again changes nothing; a day of a file is
       on record only if its balances equal its lines; what a wrong file added is taken back by a fact.
"""
