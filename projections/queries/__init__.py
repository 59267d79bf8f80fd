"""queries: what those who read the books ask of them."""
