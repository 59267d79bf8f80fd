"""tables: one description of a table, shown on the screen and written as CSV and as a workbook."""
