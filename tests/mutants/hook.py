"""Hook: a pytest plugin that lets one module be loaded from another text than its file's.

In:    MUTANT_MODULE and MUTANT_TEXT in the environment
Holds: nothing of ours is imported here, so that whoever imports the module gets the changed one
"""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

_MODULE, _TEXT = os.environ.get("MUTANT_MODULE", ""), os.environ.get("MUTANT_TEXT", "")


class _Changed(importlib.machinery.SourceFileLoader):
    """Reads the changed text, and says it is the file's."""

    def get_code(self, fullname: str) -> object:  # type: ignore[override]
        return compile(Path(_TEXT).read_bytes(), self.path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != _MODULE:
            return None
        found = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        assert found is not None
        assert found.origin is not None
        changed = _Changed(fullname, found.origin)
        return importlib.util.spec_from_file_location(fullname, found.origin, loader=changed)


if _MODULE:
    assert _MODULE not in sys.modules, f"{_MODULE} was loaded before it could be changed"
    sys.meta_path.insert(0, _Finder())
