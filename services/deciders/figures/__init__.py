"""figures: what a figure comes to from a day on, stated by two people. FigureStated.

In:   StateFigure, proposed and confirmed (`services.streams.maker_checker`)
Out:  FigureStated
Holds: a figure is declared, of its type, and rests on a document; what it takes back it names.
"""
