"""The project of the open documents: found in the background, updated, and checked as a whole."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import lsprotocol.types as t
import pytest
from pytest_lsp import ClientServerConfig

from lsp.wire import (
    RUN,
    SECONDS,
    Editor,
    capabilities,
    change_document,
    close_document,
    identifier,
    open_document,
    session,
    settled,
)

# A rule that reports for each agent that an agent may start where it is defined, or that it is unknown.
RULE = '''
from agentls.linter.rule import Finding, Related, rule

@rule("suggestion")
def agents(ctx):
    """Report where agents are."""
    for reference in ctx.names.references if ctx.project_index else ():
        if reference.form == "tool":
            found = ctx.project_index.resolve(reference, ctx.names)
            places = tuple(Related(each.span, each.description, each.path) for each in found[:1])
            yield Finding(reference.span, "there" if found else "gone", related=places)
'''


def config(before: str = "") -> ClientServerConfig:
    """A server with that rule, which runs `before` first."""
    return ClientServerConfig(
        server_command=[sys.executable, "-c", f"{RULE}\n{before}\n{RUN}"], client_factory=Editor
    )


HASTY = """
from agentls.lsp import project_reader
project_reader.SCAN_INTERVAL = project_reader.WATCHED_SCAN_INTERVAL = 0.05
project_reader.SCAN_DUTY_RATIO = 0
"""

OPTIONS: dict[str, Any] = {"select": ["agents"]}
LEAD = """\
---
name: lead
description: Leads.
tools: Agent({})
---

You lead.
"""
OTHER = """\
---
description: Reviews 🧪.
name: {}
---

You review.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with two agents, one of whom may start the other."""
    write(tmp_path / ".claude/agents/lead.md", LEAD.format("reviewer"))
    write(tmp_path / ".claude/agents/reviewer.md", OTHER.format("reviewer"))
    return tmp_path


def write(path: Path, text: str) -> str:
    """Write a file and its parent folders, and return its URI."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path.as_uri()


def open_file(client: Editor, path: Path) -> str:
    """Open a file as it is on the disk, and return its URI."""
    open_document(client, path.read_text("utf-8"), path.as_uri())
    return path.as_uri()


def watched(client: Editor, path: Path, kind: t.FileChangeType = t.FileChangeType.Changed) -> None:
    """Report a change of a file."""
    client.workspace_did_change_watched_files(
        t.DidChangeWatchedFilesParams([t.FileEvent(path.as_uri(), kind)])
    )


async def shows(client: Editor, uri: str, *messages: str) -> list[t.Diagnostic]:
    """Wait until these messages are shown for a document."""
    await until(lambda: [one.message for one in client.diagnostics.get(uri, [])] == [*messages])
    return list(client.diagnostics.get(uri, []))


async def until(true: Callable[[], bool]) -> None:
    """Wait until something is true."""

    async def wait() -> None:
        while not true():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(wait(), SECONDS)


async def test_an_agent_is_found_that_is_not_open(project: Path) -> None:
    async with session(capabilities("neovim@v0.7.0"), project, server=config(), **OPTIONS) as client:
        uri = open_file(client, project / ".claude/agents/lead.md")
        await shows(client, uri, "there")
        change_document(client, LEAD.format("nobody"), 2, uri)
        await shows(client, uri, "gone")


async def test_a_related_place_is_one_in_its_file(project: Path) -> None:
    async with session(capabilities("visual-studio-code"), project, server=config(), **OPTIONS) as client:
        uri = open_file(client, project / ".claude/agents/lead.md")
        (found,) = await shows(client, uri, "there")
        (place,) = found.related_information or []
        assert place.location.uri == (project / ".claude/agents/reviewer.md").as_uri()
        assert place.location.range == t.Range(t.Position(2, 6), t.Position(2, 14))


async def test_an_edit_in_one_document_affects_another(project: Path) -> None:
    async with session(capabilities("plain"), project, server=config(), **OPTIONS) as client:
        lead = open_file(client, project / ".claude/agents/lead.md")
        other = open_file(client, project / ".claude/agents/reviewer.md")
        await shows(client, lead, "there")
        change_document(client, OTHER.format("critic"), 2, other)
        await shows(client, lead, "gone")
        # After it is closed, the file on the disk is used, which has the old name.
        await close_document(client, other)
        await shows(client, lead, "there")


async def test_only_a_changed_list_is_sent_again(project: Path) -> None:
    async with session(capabilities("plain"), project, server=config(), **OPTIONS) as client:
        lead = open_file(client, project / ".claude/agents/lead.md")
        other = open_file(client, project / ".claude/agents/reviewer.md")
        await shows(client, lead, "there")
        client.diagnostics.clear()
        change_document(client, OTHER.format("reviewer") + "\nAsk `another` one.\n", 2, other)
        await settled(client)
        await settled(client)
        assert client.diagnostics == {}


async def test_a_client_that_pulls_is_asked_to_refresh(project: Path) -> None:
    async with session(capabilities("pulling"), project, server=config(), **OPTIONS) as client:

        async def messages(uri: str) -> list[str]:
            report = await client.text_document_diagnostic_async(t.DocumentDiagnosticParams(identifier(uri)))
            assert isinstance(report, t.RelatedFullDocumentDiagnosticReport)
            return [found.message for found in report.items]

        lead = open_file(client, project / ".claude/agents/lead.md")
        other = open_file(client, project / ".claude/agents/reviewer.md")
        if await messages(lead) == []:  # The project is being read still.
            await until(lambda: client.diagnostic_refresh_count > 0)
        assert await messages(lead) == ["there"]
        before = client.diagnostic_refresh_count
        change_document(client, OTHER.format("critic"), 2, other)
        assert await messages(other) == []
        await until(lambda: client.diagnostic_refresh_count > before)
        assert await messages(lead) == ["gone"]


async def test_an_unreadable_file_does_not_affect_the_others(project: Path) -> None:
    agents = project / ".claude/agents"
    (agents / "a.md").symlink_to(agents / "nowhere.md")
    (agents / "b.md").write_bytes(b"\xff\xfe---\nname: b\n")
    (agents / "c.md").mkdir()
    os.mkfifo(agents / "d.md")
    (agents / "loop").symlink_to(agents)
    async with session(capabilities("plain"), project, server=config(), **OPTIONS) as client:
        await shows(client, open_file(client, agents / "lead.md"), "there")


async def test_links_do_not_lead_out_of_the_project(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    write(outside / "critic.md", OTHER.format("critic"))
    (project / ".claude/agents/more").symlink_to(outside)
    write(project / ".claude/agents/lead.md", LEAD.format("critic"))
    async with session(capabilities("plain"), project, server=config(), **OPTIONS) as client:
        await shows(client, open_file(client, project / ".claude/agents/lead.md"), "gone")


SLOWLY = """
import time
from agentls.workspace import load
names_of = load.parse_names
def slowly(*arguments):
    time.sleep(0.01)
    return names_of(*arguments)
load.parse_names = slowly
"""


async def test_requests_do_not_wait_for_the_project(project: Path) -> None:
    for n in range(300):
        write(project / f".claude/agents/many/a{n}.md", OTHER.format(f"a{n}"))
    slow = config(SLOWLY)
    async with session(capabilities("visual-studio-code"), project, server=slow, **OPTIONS) as client:
        uri = open_file(client, project / ".claude/agents/lead.md")
        start = asyncio.get_running_loop().time()
        for _ in range(5):
            await client.text_document_hover_async(t.HoverParams(identifier(uri), t.Position(1, 1)))
        assert asyncio.get_running_loop().time() - start < 1
        assert client.diagnostics.get(uri) is None  # What is not there yet may still be found.
        await shows(client, uri, "there")
        (reports,) = client.progress_reports.values()
        await until(lambda: isinstance(reports[-1], t.WorkDoneProgressEnd))
        assert isinstance(reports[0], t.WorkDoneProgressBegin)
        assert reports[0].title == f"Reading the agents of {project.name}"


async def test_changed_settings_cause_the_project_to_be_read_again(project: Path) -> None:
    write(project / "prompts/critic.md", OTHER.format("critic"))
    write(project / ".claude/agents/lead.md", LEAD.format("critic"))
    async with session(capabilities("plain"), project, server=config(), **OPTIONS) as client:
        uri = open_file(client, project / ".claude/agents/lead.md")
        await shows(client, uri, "gone")
        write(project / "agentls.toml", '[places]\nclaude-code = ["/prompts/*.md"]\n')
        watched(client, project / "agentls.toml")
        await shows(client, uri, "there")
        (project / "agentls.toml").unlink()
        watched(client, project / "agentls.toml")
        await shows(client, uri, "gone")


async def test_folders_come_and_go(project: Path) -> None:
    write(project / "part/.claude/agents/lead.md", LEAD.format("reviewer"))
    async with session(capabilities("plain"), server=config(), **OPTIONS) as client:
        uri = open_file(client, project / "part/.claude/agents/lead.md")
        await shows(client, uri, "gone")
        folder = t.WorkspaceFolder(project.as_uri(), "project")
        event = t.WorkspaceFoldersChangeEvent([folder], [])
        client.workspace_did_change_workspace_folders(t.DidChangeWorkspaceFoldersParams(event))
        await shows(client, uri, "there")
        event = t.WorkspaceFoldersChangeEvent([], [folder])
        client.workspace_did_change_workspace_folders(t.DidChangeWorkspaceFoldersParams(event))
        await shows(client, uri, "gone")


async def test_files_that_change_are_read_again(project: Path) -> None:
    agents = project / ".claude/agents"
    async with session(capabilities("eager"), project, server=config(HASTY), **OPTIONS) as client:
        uri = open_file(client, agents / "lead.md")
        await shows(client, uri, "there")
        write(agents / "reviewer.md", OTHER.format("critic"))
        watched(client, agents / "reviewer.md")
        await shows(client, uri, "gone")
        write(agents / "more/new.md", OTHER.format("reviewer"))
        watched(client, agents / "more/new.md", t.FileChangeType.Created)
        await shows(client, uri, "there")
        # Of a folder that is removed, some clients say no more than that.
        shutil.rmtree(agents / "more")
        watched(client, agents / "more", t.FileChangeType.Deleted)
        await shows(client, uri, "gone")
        write(agents / "reviewer.md", OTHER.format("reviewer"))
        watched(client, agents / "reviewer.md")
        await shows(client, uri, "there")
        (agents / "reviewer.md").unlink()
        watched(client, agents / "reviewer.md", t.FileChangeType.Deleted)
        await shows(client, uri, "gone")


async def test_the_disk_is_ignored_for_open_files(project: Path) -> None:
    agents = project / ".claude/agents"
    async with session(capabilities("eager"), project, server=config(HASTY), **OPTIONS) as client:
        lead = open_file(client, agents / "lead.md")
        other = open_file(client, agents / "reviewer.md")
        await shows(client, lead, "there")
        write(agents / "reviewer.md", OTHER.format("critic"))
        watched(client, agents / "reviewer.md")
        write(agents / "critic.md", OTHER.format("critic"))
        watched(client, agents / "critic.md")
        change_document(client, LEAD.format("reviewer, critic"), 2, lead)
        await shows(client, lead, "there", "there")
        await close_document(client, other)
        await shows(client, lead, "gone", "there")


async def test_changes_are_found_without_a_file_watcher(project: Path) -> None:
    agents = project / ".claude/agents"
    async with session(capabilities("plain"), project, server=config(HASTY), **OPTIONS) as client:
        uri = open_file(client, agents / "lead.md")
        await shows(client, uri, "there")
        (agents / "reviewer.md").unlink()
        client.text_document_did_save(t.DidSaveTextDocumentParams(identifier(uri)))
        await shows(client, uri, "gone")
        write(agents / "other.md", OTHER.format("reviewer"))
        open_document(client, OTHER.format("x"), (agents / "x.md").as_uri())
        await shows(client, uri, "there")


async def test_all_places_of_agents_are_watched() -> None:
    async with session(capabilities("eager")) as client:
        await until(lambda: any(each.method.endswith("WatchedFiles") for each in client.registrations))
        options: Any
        (options,) = [
            each.register_options for each in client.registrations if each.method.endswith("WatchedFiles")
        ]
        patterns = {watcher["globPattern"] for watcher in options["watchers"]}
        assert {
            "**/.claude/agents/**",
            "**/skills/**/SKILL.md",
            "**/*.agent.md",
            "**/agentls.toml",
        } < patterns


async def test_the_disk_is_used_after_a_file_is_closed(project: Path) -> None:
    agents = project / ".claude/agents"
    async with session(capabilities("plain"), project, server=config(), **OPTIONS) as client:
        lead = open_file(client, agents / "lead.md")
        await shows(client, lead, "there")
        other = open_file(client, agents / "reviewer.md")
        change_document(client, OTHER.format("critic"), 2, other)
        await shows(client, lead, "gone")
        await close_document(client, other)
        await shows(client, lead, "there")


async def test_open_config_files_are_used_as_in_the_editor(project: Path) -> None:
    write(
        project / ".claude/agents/lead.md",
        "---\nname: lead\ndescription: Leads.\ntools: mcp__db__ask\n---\n\nGo.\n",
    )
    servers = write(project / ".mcp.json", '{"mcpServers": {"db": {"command": "db"}}}')
    async with session(capabilities("plain"), project, server=config(), **OPTIONS) as client:
        uri = open_file(client, project / ".claude/agents/lead.md")
        open_document(client, (project / ".mcp.json").read_text(), servers, "json")
        await shows(client, uri, "there")
        change_document(client, '{"mcpServers": {"other": {"command": "db"}}}', 2, servers)
        await shows(client, uri, "gone")
        await close_document(client, servers)
        await shows(client, uri, "there")


@pytest.mark.parametrize("name", ["plain", "pulling"])
async def test_the_diagnostics_of_all_files(project: Path, name: str) -> None:
    agents = project / ".claude/agents"
    lead, other = ((agents / file).as_uri() for file in ("lead.md", "reviewer.md"))
    options = {**OPTIONS, "diagnostics": "workspace"}
    hasty = (
        f"{HASTY}\nfrom agentls.lsp import workspace_diagnostics; workspace_diagnostics.CHECK_INTERVAL = 0.05"
    )
    async with session(capabilities(name), project, server=config(hasty), **options) as client:
        await shows(client, lead, "there")
        open_file(client, agents / "reviewer.md")
        change_document(client, OTHER.format("critic"), 2, other)
        if name == "pulling":
            await client.text_document_diagnostic_async(t.DocumentDiagnosticParams(identifier(other)))
        await shows(client, lead, "gone")
        # The text in the editor is used for an open file, and the disk again after it is closed.
        open_file(client, agents / "lead.md")
        change_document(client, LEAD.format("critic"), 2, lead)
        await shows(client, lead, *([] if name == "pulling" else ["there"]))
        await close_document(client, lead)
        await shows(client, lead, "gone")
        write(agents / "lead.md", LEAD.format("critic"))
        watched(client, agents / "lead.md")
        await shows(client, lead, "there")
        (agents / "lead.md").unlink()
        watched(client, agents / "lead.md", t.FileChangeType.Deleted)
        await shows(client, lead)


async def test_all_files_or_open_ones_as_it_is_set(project: Path) -> None:
    lead = (project / ".claude/agents/lead.md").as_uri()
    async with session(capabilities("plain"), project, server=config(), **OPTIONS) as client:
        for _ in range(2):
            settings = {"agentls": {"diagnostics": "workspace"}}
            client.workspace_did_change_configuration(t.DidChangeConfigurationParams(settings))
            await shows(client, lead, "there")
            client.workspace_did_change_configuration(t.DidChangeConfigurationParams({"agentls": {}}))
            await shows(client, lead)
        folder = t.WorkspaceFolder(project.as_uri(), "project")
        client.workspace_did_change_configuration(t.DidChangeConfigurationParams(settings))
        await shows(client, lead, "there")
        event = t.WorkspaceFoldersChangeEvent([], [folder])
        client.workspace_did_change_workspace_folders(t.DidChangeWorkspaceFoldersParams(event))
        await shows(client, lead)


VANISHING = """
from agentls.workspace import load
paths = load.find_index_files
load.find_index_files = lambda root, settings: [root + "/.claude/agents/gone.md", *paths(root, settings)]
"""


async def test_a_file_that_vanishes_before_it_is_read_does_not_affect_the_others(project: Path) -> None:
    async with session(capabilities("plain"), project, server=config(VANISHING), **OPTIONS) as client:
        await shows(client, open_file(client, project / ".claude/agents/lead.md"), "there")


async def test_a_new_file_is_read_soon_although_a_later_scan_waits(project: Path) -> None:
    """A client that watches files reports it; the scan after a save of another file waits for a minute."""
    hasty = "from agentls.lsp import project_reader as p; p.SCAN_INTERVAL = 0.05; p.SCAN_DUTY_RATIO = 0"
    write(project / ".claude/agents/lead.md", LEAD.format("critic"))
    async with session(capabilities("eager"), project, server=config(hasty), **OPTIONS) as client:
        uri = open_file(client, project / ".claude/agents/lead.md")
        await shows(client, uri, "gone")
        client.text_document_did_save(t.DidSaveTextDocumentParams(identifier(uri)))
        await settled(client)
        write(project / ".claude/agents/critic.md", OTHER.format("critic"))
        watched(client, project / ".claude/agents/critic.md", t.FileChangeType.Created)
        await shows(client, uri, "there")


async def test_other_documents_are_checked_with_the_newest_state(project: Path) -> None:
    """A change of names cancels the check of the other documents that is under way."""
    async with session(capabilities("plain"), project, server=config(), **OPTIONS) as client:
        lead = open_file(client, project / ".claude/agents/lead.md")
        for n in range(20):
            path = project / f".claude/agents/a{n}.md"
            write(path, LEAD.format("reviewer").replace("name: lead", f"name: a{n}"))
            open_file(client, path)
        other = open_file(client, project / ".claude/agents/reviewer.md")
        for version in range(2, 12):
            change_document(client, OTHER.format(f"critic{version}"), version, other)
        await shows(client, lead, "gone")
        await shows(client, (project / ".claude/agents/a19.md").as_uri(), "gone")
        change_document(client, OTHER.format("critic"), 12, other)
        change_document(client, OTHER.format("reviewer"), 13, other)
        await shows(client, lead, "there")
        await shows(client, (project / ".claude/agents/a19.md").as_uri(), "there")
