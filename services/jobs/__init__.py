"""jobs: long work that a page asks for and does not wait for: kept, begun one by one, shown, fetched.

In:    what was asked, as bytes; who asked
Out:   a job's state, how far it is, the file that came of it
Holds: a job is its person's alone; it is never begun twice by itself; what came of it is kept a day
Source: docs/adr/0066-long-work-is-a-job.md
"""
