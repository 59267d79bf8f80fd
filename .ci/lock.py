"""Pin every package: `requirements.lock` for developers, `deploy/requirements.lock` for the image.

Names, versions and hashes, and no address, so that a mirror serves as well as the original.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
UV = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--universal"]
FORM = ["--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url", "--quiet"]


def main() -> None:
    """Write both locks; the image's versions are the developers'."""
    everything = ["--extra", "embedded", "--extra", "dev"]
    for wanted in (
        [*everything, "-o", "requirements.lock"],
        ["-c", "requirements.lock", "-o", "deploy/requirements.lock"],
    ):
        upgrade = ["--upgrade"] if "--upgrade" in sys.argv and "dev" in wanted else []
        subprocess.run(
            [*UV, *FORM, "--python-version", "3.11", *upgrade, *wanted], cwd=ROOT, check=True
        )


if __name__ == "__main__":
    main()
