"""looks: what one person of the staff has seen unmasked, and what for.

In:   RevealDetail, ExportUnmasked
Out:  DetailRevealed | UnmaskedExported
Holds: nobody looks in another's name or session, nor without saying what for.
"""
