"""period: close the books of a fund in a district month by month, by two people. PeriodSigned.

In:   PreparePeriod, SignPeriod, RejectPeriod; ReopenPeriod, proposed and confirmed
Out:  PeriodPrepared | PeriodSigned | PeriodRejected | PeriodReopened
Holds: months follow one another without gaps, each opens with what the one before closed with, and
       voucher numbers go on without gaps; who signs is not who prepared.
"""
