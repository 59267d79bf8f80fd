"""advances: pay a share now, net it later, call what is not settled. Opened, Settled.

In:   GrantAdvance (beneficiary); OrderAdvance, CallAdvance (payee)
Out:  AdvanceGranted; AdvanceOpened | AdvanceSettled
Holds: what is advanced for an approval is netted, or due back; never both, never more.
"""
