"""Report scenes: the report of a month was issued when it was over, and its files are kept as issued.

In:   the books, through `scene.BooksReader`
Out:  Scene
"""

import orjson

from services.demo.checks.scene import BooksReader, Scene, SceneFinding, day, scene

_REPORT = "SELECT * FROM books.reports WHERE state = 'issued' ORDER BY issued_at LIMIT 1"
"""The first report that was issued and stands."""


async def month_report(books: BooksReader) -> Scene:
    """Somebody issues the report of a month that is over, under the number of what it says."""
    title, found = "签发基金收支月报", await books.rows(_REPORT)
    if not found:
        none = SceneFinding(text="没有签发报表", holds=False)
        return scene("report", None, title, "", [none], "/reports")
    (report,) = found
    month = orjson.loads(report["parameters"])["month"]
    files = orjson.loads(report["files"])
    kept = [kind for kind, digest in files.items() if await books.has_file(digest)]
    seen = [
        SceneFinding(
            text=f"{month} 月报 {report['number']} 由 {books.name_of(report['maker'])} 于 "
            f"{day(report['issued_on'])} 签发，截至 {day(report['through'])}",
            holds=report["through"] < report["issued_on"],
        ),
        SceneFinding(
            text=f"身份库留存 {'、'.join(kind.upper() for kind in kept)}，摘要与账上所记相同",
            holds=bool(files) and len(kept) == len(files),
        ),
    ]
    path = f"/reports/{report['number']}"
    return scene("report", report["issued_on"], title, "", seen, path)
