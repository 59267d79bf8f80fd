"""read models: one module a table: which facts it reads and what they mean as rows."""
