"""The arguments of the command line: one parser for each command, and what `--help` prints.

Only the parser of the command that is asked for is built, and no command is imported before it runs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

from agentls import __version__
from agentls.cli import help_texts
from agentls.cli.argument_values import (
    address,
    count,
    dialect_name,
    existing_file,
    rule_codes,
    severity_threshold,
)
from agentls.cli.terminal import terminal_width
from agentls.config import SHOWN
from agentls.text.escaping import escape_lines
from agentls.text.named_tuples import NamedTuple

RunCommand = Callable[[argparse.Namespace], int]
"""Runs a command and returns its exit code."""


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the arguments (default: those of the process), which are `argv` of the result. Its `load` imports the
    command and returns its `RunCommand`; it is `None` without a command, with `usage` as the text to print."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    name = arguments[0] if arguments else ""
    if name in _COMMANDS:
        return _command_parser(f"agentls {name}", _COMMANDS[name]).parse_args(
            arguments[1:], argparse.Namespace(argv=arguments)
        )
    parser = _overview_parser()
    args = parser.parse_args(arguments)
    args.usage = parser.format_help()
    return args


class _Parser(argparse.ArgumentParser):
    """A parser whose errors, which repeat what was given, have no control characters, and that does not ignore that its
    output cannot be written."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            (file or sys.stderr).write(message)

    def error(self, message: str) -> NoReturn:
        """Print the usage and a message, and exit."""
        super().error(escape_lines(message))


class _Command(NamedTuple):
    """One command: its line in the overview, its help, its options, and the import of what runs it."""

    brief: str
    description: str
    add_options: Callable[[argparse.ArgumentParser], None]
    load: Callable[[], RunCommand]
    epilog: str = ""


def _overview_parser() -> argparse.ArgumentParser:
    """The parser of a command line without a known command, for its help and its errors."""
    parser = _Parser(
        "agentls",
        description=help_texts.DESCRIPTION,
        epilog=help_texts.EXAMPLES,
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"agentls {__version__}")
    parser.set_defaults(load=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="agentls")
    for name, command in _COMMANDS.items():
        commands.add_parser(name, help=command.brief)
    return parser


def _command_parser(prog: str, command: _Command) -> argparse.ArgumentParser:
    parser = _Parser(
        prog,
        description=command.description,
        epilog=command.epilog,
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    command.add_options(parser)
    parser.set_defaults(load=command.load, usage_error=parser.error)
    return parser


def help_pages() -> Iterator[tuple[str, str]]:
    """Yield each command line, `agentls` first, and what it prints with `--help`."""
    yield "agentls", _overview_parser().format_help()
    for name, command in _COMMANDS.items():
        yield f"agentls {name}", _command_parser(f"agentls {name}", command).format_help()


def _formatter(prog: str) -> argparse.HelpFormatter:
    """The help as wide as the terminal; without a width argparse loads `shutil` to find out."""
    return argparse.RawDescriptionHelpFormatter(prog, width=min(terminal_width(), 100))


# Options


def _add_check(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders (default: current folder)")
    _add_reading(parser)
    codes: dict[str, Any] = {"action": "extend", "type": rule_codes, "default": [], "metavar": "CODES"}
    add("--select", help="enable only these rules (comma-separated codes)", **codes)
    add("--ignore", help="disable these rules", **codes)
    add("--fix", action="store_true", help="apply the safe fixes, and report what remains")
    add("--unsafe-fixes", action="store_true", help=help_texts.UNSAFE_FIXES)
    add("--diff", action="store_true", help="write nothing; print what --fix would change as a unified diff")
    add("--fail-on", type=severity_threshold, default="warning", metavar="SEVERITY", help=help_texts.FAIL_ON)
    add("--show", choices=SHOWN, default="", help=help_texts.SHOW)
    add("-v", "--verbose", action="store_true", help="print each finding separately, even equal ones")
    add("-q", "--quiet", action="store_true", help="print only findings, without a summary")
    add(
        "--statistics",
        action="store_true",
        help="print the number of findings of each rule instead of findings",
    )
    add("--since", metavar="REF", help=help_texts.SINCE)
    add("--watch", action="store_true", help="check again whenever a file changes (needs agentls[watch])")
    add("--baseline", metavar="FILE", help="report only findings that FILE does not accept")
    add("--update-baseline", action="store_true", help="accept all present findings in the baseline")
    add("--stdin-filename", metavar="PATH", help="check standard input as the file PATH")
    add("--jobs", type=count, default=0, metavar="N", help=help_texts.JOBS)
    add(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="neither use nor write .agentls_cache, which keeps the results of large runs",
    )
    _add_output(parser, "text", "concise", "json", "sarif", "github", "gitlab", "junit")


def _add_format(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders (default: current folder)")
    add("--check", action="store_true", help="write nothing; list the files that would be formatted")
    add("--diff", action="store_true", help="write nothing; print what would change as a unified diff")
    _add_settings(parser)
    add("-q", "--quiet", action="store_true", help="print nothing about formatted files")
    add("--stdin-filename", metavar="PATH", help="format standard input as the file PATH")
    add("--jobs", type=count, default=0, metavar="N", help=help_texts.JOBS)
    _add_color(parser)


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files and folders")
    parser.add_argument(
        "--arguments",
        metavar="TEXT",
        help='show the prompt of a command or skill that is called with these, as in "12 high"',
    )
    _add_reading(parser)
    _add_output(parser, "text", "json")


def _add_graph(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders (default: current folder)")
    _add_reading(parser)
    formats = ("mermaid", "dot", "json", "html")
    default = "output format (default: by the extension of --output, else mermaid)"
    add("--output-format", choices=formats, default=None, help=default)
    add("-o", "--output", metavar="FILE", help="write to FILE instead of standard output")
    add("--no-mentions", dest="mentions", action="store_false", help="omit mentions in prose")
    add("--tools", action="store_true", help="draw the tools that agents list (optional in html)")


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("word", metavar="NAME", help="code of a rule, key, tool, model, ...")
    parser.add_argument(
        "--dialect", type=dialect_name, metavar="NAME", help="format to look in (default: all formats)"
    )
    _add_color(parser)


def _add_convert(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders (default: current folder)")
    add("--to", required=True, choices=_targets(), metavar="FORMAT", help=f"one of {', '.join(_targets())}")
    add("--write", action="store_true", help="write the files; without it, they are only listed")
    add("-o", "--output", metavar="DIR", help="folder for the files (default: the project of each agent)")
    add("--force", action="store_true", help="replace files that exist")
    add("--allow-wider-tools", action="store_true", help="convert agents whose tools the format cannot limit")
    add("--diff", action="store_true", help="print the differences between the files and the results")
    add("--stdout", action="store_true", help="print the result of one file, and what it loses as messages")
    _add_settings(parser)
    _add_output(parser, "text", "json")


def _targets() -> tuple[str, ...]:
    from agentls.dialects.crosswalk import load_crosswalk

    return load_crosswalk().targets


def _add_rules(parser: argparse.ArgumentParser) -> None:
    _add_output(parser, "text", "json")


def _add_dialects(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "name", nargs="?", type=dialect_name, metavar="NAME", help="show all facts of this format"
    )
    parser.add_argument("--stale", type=count, metavar="DAYS", help="list the facts older than DAYS days")
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of dialect files")
    _add_output(parser, "text", "json")


def _add_new(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("name", metavar="NAME", help="name of the agent, skill, command or instructions")
    add(
        "--kind",
        choices=("agent", "skill", "command", "instructions"),
        default="agent",
        help="default: agent",
    )
    add(
        "--for",
        "--to",
        dest="runtime",
        metavar="RUNTIME",
        help="runtime or format, such as copilot (default: that of most such files here)",
    )
    add("--description", metavar="TEXT", help="what it is for")
    add("--model", metavar="MODEL", help="the model that runs it")
    add("--tools", metavar="NAMES", help="the only tools that it may use (comma-separated)")
    add("--config", type=existing_file, metavar="FILE", help="read the settings from FILE")


def _add_schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", type=dialect_name, metavar="NAME", help="name of the format")


def _add_hook(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--severity",
        type=severity_threshold,
        default="warning",
        metavar="SEVERITY",
        help=help_texts.HOOK_SEVERITY,
    )
    add("--fix", action="store_true", help="apply the safe fixes first, and tell the agent")
    add("--config", type=existing_file, metavar="FILE", help="read the settings from FILE")


def _add_mcp(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=existing_file, metavar="FILE", help="read the settings from FILE")


def _add_server(parser: argparse.ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--stdio", action="store_true", help="use standard input and output (default)")
    how.add_argument("--tcp", type=address, metavar="HOST:PORT", help="wait for a client at this address")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dialect", type=dialect_name, metavar="NAME", help=help_texts.DIALECT)
    parser.add_argument("--config", type=existing_file, metavar="FILE", help="read the settings from FILE")


def _add_reading(parser: argparse.ArgumentParser) -> None:
    _add_settings(parser)
    parser.add_argument(
        "--no-project",
        dest="project",
        action="store_false",
        help="read each file alone, without the other files of its project",
    )


def _add_output(parser: argparse.ArgumentParser, *formats: str) -> None:
    parser.add_argument(
        "--output-format",
        choices=formats,
        default=formats[0],
        help=f"output format (default: {formats[0]})",
    )
    _add_color(parser)


def _add_color(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--color",
        choices=("auto", "always", "never"),
        default="auto",
        help="when to use colours (default: auto, on a terminal)",
    )
    parser.add_argument(
        "--no-color", dest="color", action="store_const", const="never", help="same as --color never"
    )


# Commands


def _load_check() -> RunCommand:
    # PyYAML compiles patterns when it is imported. At the end of a long chain of imports, where the stack of Python
    # 3.11 and 3.12 reaches the end of its first piece, that takes up to 8 ms longer.
    import agentls.text.yaml_tree  # noqa: F401
    from agentls.cli.check_command import run_check

    return run_check


def _load_format() -> RunCommand:
    from agentls.cli.format_command import run_format

    return run_format


def _load_inspect() -> RunCommand:
    from agentls.cli.inspect_command import run_inspect

    return run_inspect


def _load_graph() -> RunCommand:
    from agentls.cli.graph_command import run_graph

    return run_graph


def _load_convert() -> RunCommand:
    from agentls.cli.convert_command import run_convert

    return run_convert


def _load_explain() -> RunCommand:
    from agentls.cli.explain_command import run_explain

    return run_explain


def _load_rules() -> RunCommand:
    from agentls.cli.rules_command import run_rules

    return run_rules


def _load_dialects() -> RunCommand:
    from agentls.cli.dialects_command import run_dialects

    return run_dialects


def _load_new() -> RunCommand:
    from agentls.cli.new_command import run_new

    return run_new


def _load_schema() -> RunCommand:
    from agentls.cli.schema_command import run_schema

    return run_schema


def _load_hook() -> RunCommand:
    from agentls.cli.hook_command import run_hook

    return run_hook


def _load_mcp() -> RunCommand:
    from agentls.cli.mcp_command import run_mcp

    return run_mcp


def _load_server() -> RunCommand:
    from agentls.cli.server_command import run_server

    return run_server


_COMMANDS = {
    "check": _Command("check agent files", help_texts.CHECK, _add_check, _load_check, help_texts.CHECK_EXITS),
    "format": _Command(
        "format frontmatter", help_texts.FORMAT, _add_format, _load_format, help_texts.FORMAT_EXITS
    ),
    "inspect": _Command(
        "show how runtimes load agent files", help_texts.INSPECT, _add_inspect, _load_inspect
    ),
    "convert": _Command(
        "convert agents to another format",
        help_texts.CONVERT,
        _add_convert,
        _load_convert,
        help_texts.CONVERT_EXITS,
    ),
    "new": _Command("create an agent, skill, command or instructions", help_texts.NEW, _add_new, _load_new),
    "graph": _Command("draw the agents and their connections", help_texts.GRAPH, _add_graph, _load_graph),
    "explain": _Command(
        "explain a rule, key, tool or model", help_texts.EXPLAIN, _add_explain, _load_explain
    ),
    "rules": _Command("list all rules", help_texts.RULES, _add_rules, _load_rules),
    "dialects": _Command("list the supported formats", help_texts.DIALECTS, _add_dialects, _load_dialects),
    "schema": _Command("print the JSON Schema of frontmatter", help_texts.SCHEMA, _add_schema, _load_schema),
    "hook": _Command(
        "check what an agent has written", help_texts.HOOK, _add_hook, _load_hook, help_texts.HOOK_EXITS
    ),
    "mcp": _Command(
        "serve models that write agent files", help_texts.MCP, _add_mcp, _load_mcp, help_texts.MCP_EXITS
    ),
    "server": _Command("start the language server", help_texts.SERVER, _add_server, _load_server),
}
