"""queries: what each page reads from schema `books`; SQL with bound parameters, typed rows.

Holds: nothing here writes; every query obeys the scope of the page
"""
