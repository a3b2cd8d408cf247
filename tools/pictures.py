"""Copy the pictures of docs/authors-day.md from the sessions of the tests in VS Code.

Run the tests in `tests/editors` first; they leave a picture of each step in `build/vscode`.
"""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
SESSIONS = ROOT / "build" / "vscode"

PICTURES = {
    "view": "views/treeInspects.png",
    "suggestions": "typing/suggestions.png",
    "problem": "day/examples.md-problem-0.png",
    "fixed": "day/mend-examples.md.png",
    "fixes": "day/names.md-fixes-1.png",
    "meaning": "presentation/presentation.png",
    "rename": "rename/preview.png",
}
"""The pictures in docs/day, and the session and step of each."""


def copy_pictures() -> None:
    """Copy all pictures into docs/day. Raises `FileNotFoundError` if a session has not been played."""
    for name, step in PICTURES.items():
        shutil.copyfile(SESSIONS / step, ROOT / "docs" / "day" / f"{name}.png")


if __name__ == "__main__":
    copy_pictures()
