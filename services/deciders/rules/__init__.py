"""rules: by which rules one partition decides, as facts of its own order. FigureTakenUp.

In:   TakeUpFigure
Out:  FigureTakenUp; RuleTextRecorded beside the first decision that cites a text
Holds: what a partition decides depends on its own facts alone, so it is decided alike again.
"""
