"""definition: how a read model is described: its table, its accounts, and the facts it is given."""
