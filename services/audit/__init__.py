"""audit: samples drawn by plan, and cases that anybody can check without this ledger.

Holds: what is drawn or written is a function of the plan, or of the case and a position vector
"""
