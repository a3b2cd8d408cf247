"""The editor and the command line report the same about the same files, each in its project."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from agentls.cli.main import main
from agentls.workspace import discovery, disk, settings_files
from agentls.workspace.discovery import SearchOptions
from harness import FIXTURES, parse_case
from lsp.wire import SECONDS, capabilities, open_document, session, settled

Row = tuple[str, str, str, int]
"""A finding: its file, its code, its message, and its line (from 0)."""


def write_fixtures(folder: Path) -> None:
    """Write every fixture of the rules, each as a separate repository."""
    for fixture in sorted((FIXTURES / "rules").glob("*.md")):
        case = parse_case(fixture.read_text("utf-8"))
        root = folder / fixture.stem
        (root / ".git").mkdir(parents=True)
        for path, text in case.files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text.encode("utf-8", "surrogatepass"))


def found_below(folder: Path) -> list[str]:
    """The agent files that the command line finds."""
    failures: list[str] = []
    search = SearchOptions(
        settings_files.SettingsReader().settings_in,
        None,
        lambda *failed: failures.append(str(failed)),
        lambda *_: None,
    )
    paths = [found.path for found in discovery.find_files(str(folder), search)]
    assert failures == []
    return paths


async def in_editor(folder: Path, paths: list[str], wanted: set[Row]) -> set[Row]:
    """Return what an editor with all files open shows, once it equals `wanted` or the server is idle."""
    async with session(capabilities("plain"), folder) as client:
        for path in paths:
            open_document(client, disk.read_text(path), Path(path).as_uri())
        shown: set[Row] = set()
        for _ in range(SECONDS):
            await settled(client)
            shown = {
                (uri, str(row.code), row.message, row.range.start.line)
                for uri, rows in client.diagnostics.items()
                for row in rows
            }
            if shown == wanted:
                break
            await asyncio.sleep(1)  # Projects are read in the background.
    return shown


def on_the_command_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> set[Row]:
    """Return what `agentls check` reports for the folder."""
    main(["check", "--output-format", "json", str(folder)])
    rows = json.loads(capsys.readouterr().out)
    return {
        (Path(row["path"]).as_uri(), row["code"], row["message"], row["location"]["line"] - 1) for row in rows
    }


async def test_the_editor_and_the_command_line_report_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_fixtures(tmp_path)
    reported = on_the_command_line(tmp_path, capsys)
    assert len({code for _, code, *_ in reported}) > 100
    shown = await in_editor(tmp_path, found_below(tmp_path), reported)
    assert (shown - reported, reported - shown) == (set(), set())
