"""operations: is the ledger whole, does every part of it move on, are the books what it says?"""
