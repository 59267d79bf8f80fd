"""Versions: one numbered step each, never edited once released."""
