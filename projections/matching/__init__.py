"""matching: which lines of the bank are which movements of the books: rules, sides, neighbours."""
