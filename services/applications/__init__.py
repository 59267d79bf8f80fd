"""applications: keep what was claimed. ApplicationFiled, Corrected, Withdrawn, Conflicted.

In:   DecideApplication, CorrectApplication, WithdrawApplication, ReportConflict
Out:  ApplicationFiled | ApplicationCorrected | ApplicationWithdrawn | ApplicationConflicted
Holds: the first content under an id stands until it is corrected by naming what it replaces;
       a correction or withdrawal that comes before its application waits for it.
"""
