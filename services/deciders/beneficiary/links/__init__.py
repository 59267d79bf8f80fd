"""Links: one person under two documents. READ FIRST: `decider`."""
