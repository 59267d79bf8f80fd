"""status: remember a person's circumstances and earlier uses. StatusRecorded, PriorUseRecorded.

In:   RecordStatus, RecordPriorUse
Out:  StatusRecorded | PriorUseRecorded | CommandRefused
Holds: a status never reopens a decision; it stops what is still to come.
"""
