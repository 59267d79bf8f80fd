"""audit: samples drawn and drawn again, cases written and checked, people searched for."""
