"""instalments: check again before each payment. InstalmentDue, InstalmentStopped.

In:   PreCheckInstalment
Out:  InstalmentDue | InstalmentStopped
Holds: an instalment is ordered at most once, and never after a status that stops it.
"""
