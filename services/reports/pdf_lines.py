"""pdf lines: the text of a PDF, page by page, read in a process that has little to lose.

In:    the PDF on standard input
Out:   JSON on standard output: `{"pages": [[line, …], …]}`, or `{"wrong": …}`
Holds: memory and processor time are bounded by the system: a file that somebody sends is no friend
"""

import io
import resource
import sys

import orjson
from pypdf import PdfReader
from pypdf.errors import PyPdfError

_MOST_MEMORY = 1_500_000_000
_MOST_SECONDS = 50
_MOST_PAGES = 500


def main() -> None:
    """Read, and answer."""
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_MOST_SECONDS, _MOST_SECONDS))
    sys.stdout.buffer.write(orjson.dumps(read(sys.stdin.buffer.read())))


def read(raw: bytes) -> dict[str, object]:
    """Read every page's lines, or say what is wrong."""
    try:
        pages = PdfReader(io.BytesIO(raw)).pages
        if len(pages) > _MOST_PAGES:
            return {"wrong": f"PDF 超过 {_MOST_PAGES} 页，不是本系统的报表。"}
        found = [
            [line for text in page.extract_text().splitlines() if (line := " ".join(text.split()))]
            for page in pages
        ]
    # what a broken PDF leads to is not written down anywhere: all of it means the same
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
    ):
        return {"wrong": "不是完整的 PDF 文件。请用签发的原文件。"}
    return {"pages": found}


if __name__ == "__main__":
    main()
