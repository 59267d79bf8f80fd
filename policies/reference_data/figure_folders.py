"""Figure folders: which files of a folder state figures, and which lie where nobody reads them.

In:    a folder with ``<group>/<jurisdiction>.yaml``; the groups that are declared, the known regions
Out:   the files to read, in order; a problem for every other YAML file
Holds: no file that looks like figures is passed over in silence
"""

from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from policies.vocabulary.files import FileProblem, unread

DECLARED = "declared.yaml"
_FORM = "应为 <组>/<区划代码>.yaml"


class FigureFiles(NamedTuple):
    """The files that state figures, and what is wrong with the others."""

    files: tuple[Path, ...]
    problems: tuple[FileProblem, ...]


def figure_files(folder: Path, groups: Collection[str], regions: Collection[str]) -> FigureFiles:
    """Find the files of a folder; `declared.yaml` may stand beside the groups."""
    if not folder.is_dir():
        what = "不是目录" if folder.exists() else "没有这个目录"
        return FigureFiles((), (FileProblem(folder, 1, f"{what}，参数一个也读不到"),))
    files, problems = [], []
    for path in unread(folder, ()):
        inner = path.relative_to(folder)
        if str(inner) == DECLARED:
            continue
        wrong = _misplaced(inner, groups, regions)
        if wrong is None:
            files.append(path)
        else:
            problems.append(FileProblem(path, 1, wrong))
    return FigureFiles(tuple(files), tuple(problems))


def _misplaced(inner: Path, groups: Collection[str], regions: Collection[str]) -> str | None:
    """Say why a file is not where figures are read, or None."""
    if inner.suffix != ".yaml":
        return f"以 {inner.suffix} 结尾的文件没有人读，请改名为 {inner.stem}.yaml"
    if len(inner.parts) == 1:
        return f"不在组的目录里，没有人读：{_FORM}"
    if len(inner.parts) > 2:
        return f"放得太深，没有人读：{_FORM}"
    if inner.parts[0] not in groups:
        return f"没有名为 {inner.parts[0]} 的组，只有 {'、'.join(sorted(groups))}"
    if inner.stem not in regions:
        return f"文件名 {inner.stem} 不是已知的区划代码，里面的数字对谁都不起作用"
    return None
