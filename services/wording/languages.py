"""languages: Chinese on the screen, English behind a switch; the source texts are the Chinese ones.

Holds: a text without a translation shows in Chinese, quotes and legal names always do
"""

from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = {"zh": "zh-Hans-CN", "en": "en"}
_CHOSEN: ContextVar[str] = ContextVar("language", default="zh")


def marked(text: str) -> str:
    """Mark a text for translation where it is written, to be translated where it is shown."""
    return text


def choose(language: str) -> None:
    """Use a language for the rest of this request."""
    _CHOSEN.set(language if language in LANGUAGES else "zh")


def chosen() -> str:
    """The language of this request, `zh` or `en`."""
    return _CHOSEN.get()


def translate(text: str, **values: object) -> str:
    """Give a text in the language of this request, with its places filled."""
    translated = _catalogue(chosen()).gettext(text) if text else text
    return translated.format(**values) if values else translated


@cache
def _catalogue(language: str) -> NullTranslations:
    source = files("services.wording") / "locales" / language / "LC_MESSAGES" / "messages.po"
    if not source.is_file():
        return NullTranslations()
    with source.open("rb") as text:
        catalogue = read_po(text, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
