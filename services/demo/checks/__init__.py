"""checks: what the demo has led to, read from the books and nowhere else."""
