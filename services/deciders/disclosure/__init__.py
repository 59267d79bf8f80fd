"""disclosure: let the public see a list or a statement, by two people. DisclosurePublished.

In:   PrepareDisclosure, PublishDisclosure, RejectDisclosure, TakeDownDisclosure
Out:  DisclosurePrepared | DisclosurePublished | DisclosureRejected | DisclosureTakenDown
Holds: nothing is shown of fewer than five persons; no list without the city's own period.
"""
