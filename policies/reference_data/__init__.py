"""reference data: tables, lists and dated figures of notices, read from YAML."""
