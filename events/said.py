"""Said: whether a text that somebody has to give says something.

Holds: blanks, invisible characters and punctuation alone say nothing
"""

from unicodedata import category, normalize


def says_something(text: str) -> bool:
    """Tell whether a text holds at least one letter, character or digit."""
    return any(category(char)[0] in "LN" for char in normalize("NFKC", text))
