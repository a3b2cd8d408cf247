"""`agentls graph`: the agents of a project and what connects them, as a picture."""

from __future__ import annotations

import os
import sys
from argparse import Namespace

from agentls.cli import other_files
from agentls.cli.run import Options, Run
from agentls.cli.terminal import Terminal
from agentls.project import graph
from agentls.project.graph import Graph
from agentls.reports import graph_formats
from agentls.text.paths import common_folder, is_inside
from agentls.workspace import disk

ENDINGS = {
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".json": "json",
    ".html": "html",
    ".htm": "html",
}


def draw(args: Namespace) -> int:
    """Run the command and return its exit code."""
    form = _form(args)
    with Terminal("never") as terminal:
        run = Run(Options(args.dialect, args.config), terminal, in_project=True)
        paths = args.paths or ["."]
        indexes = run.indexes(paths)
        if run.failed and not indexes:
            return 2
        named = [disk.absolute_path(path).rstrip("/") for path in paths]

        def shown(path: str) -> bool:
            return any(is_inside(path, name) for name in named)

        root = common_folder(list(indexes) or named)
        drawn = graph.build_graph(indexes.values(), root, _line, shown)
        drawn = _limited(drawn, args, form, terminal)
        title = f"Agent map of {root.rpartition('/')[2] or root}"
        text = graph_formats.GRAPH_FORMATS[form](drawn, title, disk.read_map_asset)
        if args.output is None:
            terminal.write([(text, "plain")])
        else:
            try:
                with open(args.output, "w", encoding="utf-8", errors="replace", newline="\n") as file:
                    file.write(text)
            except OSError as error:
                terminal.message(f"{args.output}: cannot be written: {disk.describe_error(error)}")
                return 2
            terminal.message(f"{args.output}: {_summary(drawn)}")
        return 2 if run.failed else 0


def _form(args: Namespace) -> str:
    """The format that is asked for, if need be by the ending of the file."""
    if args.output_format:
        form: str = args.output_format
    elif args.output is None:
        form = "mermaid"
    else:
        ending = os.path.splitext(args.output)[1].lower()
        if ending not in ENDINGS:
            known = ", ".join(ENDINGS)
            args.usage_error(f"{args.output} ends in none of {known}: say --output-format as well")
        form = ENDINGS[ending]
    if form == "html" and args.output is None and sys.stdout.isatty():
        args.usage_error(
            "a page is nothing for a terminal: say where to write it, as in --output agents.html"
        )
    return form


def _limited(drawn: Graph, args: Namespace, form: str, terminal: Terminal) -> Graph:
    """The graph with what is asked for, and without what would be too much."""
    if args.mentions is False:
        drawn = drawn.without_mentions()
    if args.tools and form in ("mermaid", "dot"):
        drawn = drawn.with_tools()
    if form == "mermaid" and len(drawn.edges) > graph_formats.MERMAID_EDGES:
        fewer = drawn.without_mentions()
        if len(fewer.edges) < len(drawn.edges):
            left_out = len(drawn.edges) - len(fewer.edges)
            terminal.message(
                f"{left_out:,} mentions in prose are left out, since Mermaid draws no more than"
                f" {graph_formats.MERMAID_EDGES} connections; --output-format html shows them all"
            )
            drawn = fewer
        if len(drawn.edges) > graph_formats.MERMAID_EDGES:
            terminal.message(
                f"Mermaid draws no more than {graph_formats.MERMAID_EDGES} connections, unless its `maxEdges` "
                f"is raised, and these are {len(drawn.edges):,}; name a folder, or take --output-format html"
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
    return other_files.lines(path).line_number(offset) + 1
