"""bank month: keep the bank's own words, a line a fact. StatementOpened, StatementLineRecorded.

In:   OpenStatement, RecordStatementLine, RecordOpeningBalance
Out:  StatementOpened | StatementLineRecorded | StatementLineClassified | OpeningBalance
Holds: a line once recorded never changes; the same line again changes nothing.
"""
