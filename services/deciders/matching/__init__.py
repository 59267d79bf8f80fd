"""matching: what two people have matched by hand on one bank account, and undone. ManualMatchMade.

In:   MakeManualMatch, UndoManualMatch
Out:  ManualMatchMade | ManualMatchUndone
Holds: both sides of a match sum to the same, to the fen; nothing stands in two matches at once.
"""
