"""disclosing: what the public is shown, as a file: made from books and vault, read back by its digest.

In:    the books, the vault's masked names, what cities set
Out:   the file, and the command that lays it before a second person
Holds: nothing of fewer than five persons; no token and no whole number gets into a file
"""
