"""difference: what people say of one difference, each note after the last. DifferenceExplained.

In:   AssignDifference, ExplainDifference, ProposeDifferenceEntry
Out:  DifferenceAssigned | DifferenceExplained | DifferenceEntryProposed
Holds: nobody writes over a note that they have not seen; no note closes a difference.
"""
