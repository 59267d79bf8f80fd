"""histories: what became of one application, or of one submission, told from the books."""
