"""spreadsheets: tables that people hand in, read exactly or refused with words; tables that are handed out.

One description of a table is shown on the screen and written as CSV and as a workbook.
"""
