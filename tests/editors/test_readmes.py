"""What users are told to copy for editors that are not run here is at least well-formed."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from agentls.lsp import settings
from editors.real import EDITORS, blocks

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

READMES = [EDITORS / "README.md", *sorted(EDITORS.glob("*/README.md"))]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(EDITORS)))
def test_links_lead_somewhere(readme: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", readme.read_text("utf-8"))
    assert [link for link in links if not (readme.parent / link).exists()] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda path: str(path.relative_to(EDITORS)))
def test_every_editor_is_on_the_overview(readme: Path) -> None:
    name = readme.parent.relative_to(EDITORS)
    assert readme.parent == EDITORS or f"({name}/README.md)" in (EDITORS / "README.md").read_text("utf-8")


def test_helix() -> None:
    found: dict[str, Any] = tomllib.loads("".join(blocks(EDITORS / "helix/README.md", "", "toml")))
    server = found["language-server"]["agentls"]
    assert [server["command"], *server["args"]] == ["agentls", "server"]
    assert found["language"][0]["language-servers"][0] == "agentls"
    understood(settings.settings_section(server["config"]))


def test_sublime() -> None:
    client, options = blocks(EDITORS / "sublime/README.md", "", "json")
    assert json.loads(client)["clients"]["agentls"]["command"] == ["agentls", "server"]
    understood(json.loads(f"{{{options}}}")["initializationOptions"])


def test_jetbrains() -> None:
    template = json.loads((EDITORS / "jetbrains/template.json").read_text("utf-8"))
    assert all("agentls server" in command for command in template["programArgs"].values())
    understood(json.loads("".join(blocks(EDITORS / "jetbrains/README.md", "", "json"))))


def test_zed() -> None:
    extension: dict[str, Any] = tomllib.loads((EDITORS / "zed/extension.toml").read_text("utf-8"))
    (found,) = blocks(EDITORS / "zed/README.md", "", "json")
    ((name, options),) = json.loads(found)["lsp"].items()
    assert list(extension["language_servers"]) == [name]
    assert options["binary"]["arguments"] == ["server"]  # With a path, Zed asks the extension for nothing.
    understood(options["initialization_options"])


def understood(options: Any) -> None:
    """The server must understand the settings that a README shows."""
    read = settings.parse_settings(options)
    assert read.problems == ()
    assert read.settings.debounce == 0.1
