"""reports: what leaves the house as a report: made from the books at a position, issued, proved.

In:    the books, a kind of report, its parameters, a position vector
Out:   a `MadeReport`, its files (XLSX, PDF), `IssueReport`; the answer whether a file still agrees
Holds: the same kind, parameters and vector give the same figures and the same bytes
Source: docs/adr/0045-reports-are-proved-by-position.md
"""
