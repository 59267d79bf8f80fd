"""rules: by which rules one partition decides, as facts of its own order. FigureTakenUp, SignInRequired.

In:   TakeUpFigure, RequireSignIn
Out:  FigureTakenUp; SignInRequired; RuleTextRecorded beside the first decision that cites a text
Holds: what a partition decides depends on its own facts alone, so it is decided alike again.
"""
