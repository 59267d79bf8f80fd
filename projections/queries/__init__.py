"""queries: what processes ask of the books; one module a subject: SQL with bound parameters, typed rows.

In:   a connection on which schema `books` can be read, and a Scope where a day is asked for
Out:  rows with their units
Holds: nothing here writes; whoever changes a table finds here who asks it
"""
