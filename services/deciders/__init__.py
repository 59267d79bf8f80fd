"""deciders: one house a kind of stream; each decides and folds its own history, purely.

In:   a state, a command for it, the policies
Out:  facts, or a refusal with a code; nothing for a repeat
Holds: each house exports one `DECIDER`; no house knows another: they ask by follow-ups
"""
