"""sample: grants drawn for inspection, each with what was found in it. SampleDrawn, ItemConcluded.

In:   DrawSample, ConcludeItem, CloseSample
Out:  SampleDrawn | ItemConcluded | SampleClosed
Holds: a sample is drawn once, under the number of its plan; it ends when all of it is concluded.
"""
