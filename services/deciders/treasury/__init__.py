"""treasury: what a city's treasury states of a month, taken over by two people. TreasuryFiguresStated.

In:   StateTreasuryFigures, proposed and confirmed (`services.streams.maker_checker`)
Out:  TreasuryFiguresStated
Holds: a figure that was stated changes only by a document that names the earlier one, and says why.
"""
