"""banks: files to a bank and from it, in each bank's layout.

READ FIRST: `layouts` (what a bank wants, as data), `sheets` and `pain001` (payments out), then
`results` (answers in).
"""
