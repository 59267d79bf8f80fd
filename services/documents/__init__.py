"""documents: sheets that are signed and filed, as PDF; the fonts are inside, the bytes are repeatable.

In:    plain data, a template beside this module
Out:   PDF bytes
Source: docs/adr/0009-pdf-by-typst.md
"""
