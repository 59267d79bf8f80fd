"""submission: know when an employer's batch is decided, and say so once. SubmissionDecided.

In:   OpenSubmission, ReportLine
Out:  SubmissionOpened | SubmissionLineAnswered | SubmissionDecided | SubmissionClosed
Holds: a batch is decided when every line that was taken has an answer, in whatever order batch and
       answers come; a line that was refused at intake has its answer from the start.
"""
