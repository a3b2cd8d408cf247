"""`agentls graph`: the agents of a project and their connections as a drawing."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Mapping

from agentls.cli import related_files
from agentls.cli.file_runs import FileRun, RunOptions
from agentls.cli.project_files import examine_projects
from agentls.cli.terminal import Terminal
from agentls.project import graph
from agentls.project.graph import Graph
from agentls.project.index import Index
from agentls.reports import graph_formats
from agentls.text.escaping import escape_path
from agentls.text.paths import common_folder, is_inside
from agentls.workspace import disk

FORMAT_BY_SUFFIX = {
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".json": "json",
    ".html": "html",
    ".htm": "html",
}


def run_graph(args: Namespace) -> int:
    """Run the command and return its exit code."""
    form = _form(args)
    with Terminal("never") as terminal:
        run = FileRun(RunOptions(args.dialect, args.config), terminal)
        paths = args.paths or ["."]
        indexes = _indexes(run, paths)
        if run.failed and not indexes:
            return 2
        named = [disk.absolute_path(path).rstrip("/") for path in paths]

        def shown(path: str) -> bool:
            return any(is_inside(path, name) for name in named)

        root = common_folder(list(indexes) or named)
        drawn = graph.build_graph(indexes.values(), root, _line, shown)
        drawn = _limited(drawn, args, form, terminal)
        title = graph_formats.graph_title(list(indexes) or [root])
        text = graph_formats.GRAPH_FORMATS[form](drawn, title, disk.read_map_asset)
        if args.output is None:
            terminal.write([(text, "plain")], exact=True)
        else:
            try:
                with open(args.output, "w", encoding="utf-8", errors="replace", newline="\n") as file:
                    file.write(text)
            except OSError as error:
                terminal.message(f"{escape_path(args.output)}: cannot write: {disk.describe_error(error)}")
                return 2
            terminal.message(f"{escape_path(args.output)}: {_summary(drawn)}")
        return 2 if run.failed else 0


def _indexes(run: FileRun, paths: list[str]) -> Mapping[str, Index]:
    """Return the indexes of the projects of the files, by their roots; files without names are reported."""
    files = run.find_files(paths, any_format=True)
    projects = examine_projects(run, files, paths)
    for found in files:
        file = projects.files[found.path]
        if not (file.names and file.are_shared):
            run.fail(found.display_path, file.failure or _UNKNOWN_LOCATION)
    return projects.indexes


_UNKNOWN_LOCATION = "not in a location that runtimes load agents from; use --dialect NAME"


def _form(args: Namespace) -> str:
    """Return the requested format, by default from the suffix of the output file."""
    if args.output_format:
        form: str = args.output_format
    elif args.output is None:
        form = "mermaid"
    else:
        ending = os.path.splitext(args.output)[1].lower()
        if ending not in FORMAT_BY_SUFFIX:
            known = ", ".join(FORMAT_BY_SUFFIX)
            args.usage_error(f"unknown suffix of '{args.output}' (known: {known}); use --output-format")
        form = FORMAT_BY_SUFFIX[ending]
    if form == "html" and args.output is None and sys.stdout.isatty():
        args.usage_error("refusing to write HTML to a terminal; use --output agents.html")
    return form


def _limited(drawn: Graph, args: Namespace, form: str, terminal: Terminal) -> Graph:
    """Return the graph with the requested parts, reduced to what the format can show."""
    if args.mentions is False:
        drawn = drawn.without_mentions()
    if args.tools and form in ("mermaid", "dot"):
        drawn = drawn.with_tools()
    if form == "mermaid" and len(drawn.edges) > graph_formats.MERMAID_EDGES:
        fewer = drawn.without_mentions()
        if len(fewer.edges) < len(drawn.edges):
            left_out = len(drawn.edges) - len(fewer.edges)
            terminal.message(
                f"{left_out:,} mentions in prose omitted: Mermaid draws at most {graph_formats.MERMAID_EDGES}"
                " connections; use --output-format html to see all"
            )
            drawn = fewer
        if len(drawn.edges) > graph_formats.MERMAID_EDGES:
            terminal.message(
                f"{len(drawn.edges):,} connections: Mermaid draws at most {graph_formats.MERMAID_EDGES} unless its"
                " `maxEdges` is raised; name a folder or use --output-format html"
            )
    return drawn


def _summary(drawn: Graph) -> str:
    counts = [
        (drawn.count("agent"), "agent"),
        (drawn.count("skill"), "skill"),
        (drawn.count("command"), "command"),
        (drawn.count("server") + drawn.count("server", "external"), "server"),
        (len(drawn.edges), "connection"),
        (len(drawn.unresolved), "unresolved name"),
    ]
    words = [f"{count:,} {word}{'' if count == 1 else 's'}" for count, word in counts if count]
    return ", ".join(words) or "nothing"


def _line(path: str, offset: int) -> int:
    return related_files.file_lines(path).line_number(offset) + 1
