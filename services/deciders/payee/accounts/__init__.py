"""accounts: into which account, and how far trusted. AccountChanged, FraudMarked, CreditGraded.

In:   ChangeAccount, ProposeAccount, JudgeAccount, MarkFraud, GradeCredit
Out:  AccountProposed | AccountRejected | AccountChanged | FraudMarked | CreditGraded
Holds: an account of staff's own takes two people; a returned payment goes out again only after it.
"""
