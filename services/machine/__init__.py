"""machine: which processes run on one computer, on which stores, and how they are kept running."""
