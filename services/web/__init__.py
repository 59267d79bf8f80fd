"""web: the workplace that staff open every morning, server-rendered, Chinese first.

In:   the read models of schema `books`, names from the vault, the policies
Out:  pages, CSV files; what staff do becomes a command
Holds: no table of a projection is ever written here; the pages are served on loopback alone
       until there is a sign-in.
"""
