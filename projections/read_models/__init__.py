"""read_models: one module a subject: its tables, the facts it reads (READS), and the pure mapping.

Asked: nobody
"""
