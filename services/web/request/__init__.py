"""request: one request: its fields read strictly, its scope, who acts, one snapshot of the books."""
