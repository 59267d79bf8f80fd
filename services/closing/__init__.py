"""Closing: what a month of a fund and district comes to, and whether it may be closed."""
