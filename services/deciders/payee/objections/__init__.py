"""objections: let what is doubted wait. ObjectionRaised, ObjectionResolved.

In:   RaiseObjection, ResolveObjection
Out:  ObjectionRaised | ObjectionResolved, followed by what is kept of waiting payments again
Holds: what is objected to is neither paid nor set off; who recorded an objection does not resolve it.
"""
