"""The layers of the VS Code client, which `npm run check` enforces."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from editors.real import EDITORS, missing

CLIENT = EDITORS / "vscode"


@pytest.mark.parametrize(
    ("module", "imports", "complaint"),
    [
        ("server/find.ts", "../features/explain", "noRestrictedImports"),
        ("server/settings.ts", "../extension", "noRestrictedImports"),
        ("server/settings.ts", "./session", "noImportCycles"),
        ("features/map.ts", "./explain", "noRestrictedImports"),
        ("features/map.ts", "../extension", "noRestrictedImports"),
        ("extension.ts", "./features/map", ""),
    ],
)
def test_an_import_against_the_layers_is_an_error(
    tmp_path: Path, module: str, imports: str, complaint: str
) -> None:
    biome = CLIENT / "node_modules" / ".bin" / "biome"
    if not biome.exists():
        missing("the tools of the VS Code client are not installed (make vscode)")
    shutil.copy(CLIENT / "biome.jsonc", tmp_path)
    shutil.copytree(CLIENT / "src", tmp_path / "src")
    changed = tmp_path / "src" / module
    changed.write_text(f"import '{imports}';\n{changed.read_text('utf-8')}", "utf-8")
    done = subprocess.run([biome, "lint"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == bool(complaint)
    assert complaint in done.stdout + done.stderr
