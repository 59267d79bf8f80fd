"""refusals: why something was not done, in words: what happened, to what, and what to do.

Holds: the words of every code are those of `events.codes`; what staff may be told also has English
"""

from events.codes import OF_IMPORTS, REFUSED, words_of
from services.wording.languages import chosen, translate

__all__ = ["refused", "words_of"]


def refused(command: str, code: str, text: str = "") -> str:
    """Say a refusal of a command in the language of this request."""
    own = OF_IMPORTS if command.endswith("Import") else {}
    if refusal := own.get(code) or REFUSED.get(code):
        return translate(refusal.text)
    if chosen() == "en":
        return text or code.replace("_", " ").capitalize()
    return text or words_of(code, command) or code
