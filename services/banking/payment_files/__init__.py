"""payment files: what a bank is asked to pay, written as that bank wants it."""
