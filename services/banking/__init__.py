"""banking: files to a bank and from it, and the bank's statement beside the books.

READ FIRST: `banks` (each bank in one file, as data), `payment_files` (what a bank is asked to pay),
`answers` (what it says of each payment), `statements` (what it says of an account), then
`reconciliation` (the statement beside the books).
"""
