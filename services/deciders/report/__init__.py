"""report: one report that was issued of the books, and whether it was taken back. ReportIssued.

In:   IssueReport, WithdrawReport
Out:  ReportIssued | ReportWithdrawn
Holds: a report has the number that follows from what it says; who takes it back is not who issued it.
"""
