"""desk: decide every command once, and only once; commands in, facts out.

READ FIRST: docs/explanation/desk.md says what the protocol is and why.
"""
