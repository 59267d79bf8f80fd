"""banks: each bank in one file of this folder, as data: payment files, answers, statements.

READ FIRST: `registry` (how the files are found and what is said of a wrong one), then `layouts`
(what a file may say). How to add a bank: docs/how-to/add-a-bank.md.
"""
