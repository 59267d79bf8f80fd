"""deciders: one house a kind of stream; each decides and folds its own history, purely."""
