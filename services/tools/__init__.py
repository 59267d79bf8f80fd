"""tools: what operators and authors do from a terminal; the command line only calls it."""
