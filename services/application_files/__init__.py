"""application files: applications filled into a table become the very events that a system would send.

READ FIRST. `columns` (what a file states), `rows` (one row as an event), `checking` (what is right with
each, by intake's own reader), then `publishing` (the messages that a released file becomes).
"""
