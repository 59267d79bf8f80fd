"""spreadsheets: tables that people hand in, read exactly or refused with words."""
