"""read_models: one module a subject: its tables, the facts it reads (READS), and the pure mapping.

Asked: each module's docstring names the modules of `projections/queries/` that ask its tables
"""
