"""Invariants: what must hold whatever anybody sends."""


class BrokenInvariant(Exception):
    """A history that cannot be: the process stops instead of guessing."""
