"""The arguments of the command line: one parser for each command, and what `--help` prints.

Only the parser of the command that is asked for is built, and no command is imported before it runs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from agentls import __version__
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

_DESCRIPTION = """\
Linter and language server for AI agent files (.claude/agents/*.md, .github/agents/*.agent.md,
.opencode/agents/*.md and others): see whether Claude Code, Copilot and others load them, which tools the
agents get, and what is ignored."""

_EXAMPLES = """\
examples:
  agentls check                        check all agent files of this project
  agentls inspect .claude/agents/x.md  show how the runtimes load one file
  agentls format                       format the frontmatter of all agent files of this project
  agentls convert --to copilot         list the agents as Copilot would get them
  agentls explain unknown-tool         explain a rule, key, tool or model
  agentls graph --output agents.html   draw the agents of this project and their connections

Run `agentls COMMAND --help` for the options of a command."""

_CHECK = """\
Check agent files. A folder is searched for the files that runtimes load: *.md in `.claude/agents`, in
`agents` of a plugin, and in the other locations that `agentls dialects` lists. Files ignored by
.gitignore are skipped unless they are in such a location, because the runtimes load them. A file given by
name is always checked."""

_CHECK_EXITS = """\
examples:
  agentls check --diff .claude         show what the safe fixes would change
  agentls check --fix                  fix all agent files of this project, and report what remains
  agentls check --fix --unsafe-fixes   also apply fixes that are a guess

A safe fix changes nothing but the fault: every runtime that reads the file still loads it, with the same description,
tools and other values.

exit code:
  0  no findings at or above the severity of --fail-on; with --diff: nothing to fix
  1  findings; with --diff: files would be fixed
  2  invalid usage, or a file could not be checked or fixed

--show, --verbose, --quiet and --statistics apply to text; the other output formats have all findings.

Settings are read from `agentls.toml`, or from `[tool.agentls]` in `pyproject.toml`. Results are kept in
`.agentls_cache` for the next run."""

_DIALECT = "format of files outside all known locations; in folders, of all *.md"

_JOBS = "processes for many files (default: one per core)"

_FAIL_ON = """\
exit with 1 for findings of at least this severity: error, warning, information, hint, or never
(default: warning)"""

_UNSAFE_FIXES = """\
with --fix or --diff: also apply fixes that guess what the author intended; review the result"""

_SHOW = """\
print findings down to this severity: warning, information, hint or all. Default: warning, and information for one or
two files. Findings that decide the exit code are always printed."""

_FORMAT = """\
Format the frontmatter of agent files: the order of keys (as `agentls dialects FORMAT` lists them, unknown keys
last), two spaces for each level, one space after a colon, no quotes around single words, no trailing spaces. The
body, values, comments, and the style of lists and texts stay as they are, and every runtime reads the file as
before. Keys that a blank line separates are ordered separately. Files whose frontmatter is invalid YAML are left
alone."""

_FORMAT_EXITS = """\
exit code:
  0  done; with --check or --diff: there is nothing to format
  1  with --check or --diff: files would be formatted
  2  invalid usage, or a file could not be read or written"""

_INSPECT = """\
Show how each runtime loads agent files: whether it loads them and why not, the name, description, model
and tools, and the tokens they cost. In a project also the MCP servers that the agent can use, the
permissions that the settings deny, and the references to the agent. With --arguments also the prompt of a
call, as it is sent, and the commands that run in it. Findings are reported by `check`."""

_EXPLAIN = "Explain a rule, a frontmatter key, a tool, a model, a hook event or another name in agent files."

_GRAPH = """\
Draw the agents, skills, commands and servers of a project, and their connections: which agent starts,
preloads, uses or mentions which. Unresolved names are highlighted. The given files and folders are shown in
full, together with everything directly connected to them.

  mermaid  a flowchart for Markdown, as GitHub shows it
  dot      for Graphviz
  json     for other programs
  html     one page with search, filters and zoom that works offline"""

_CONVERT = """\
Convert agents to the format of another product: their keys, tools, model and place. What has no equivalent is
listed before anything is written, and each result is read as the other product reads it. An agent never gets
tools that it does not have. In folders, all agents of other formats are converted."""

_CONVERT_EXITS = """\
exit code:
  0  all agents can be converted, or were
  1  an agent cannot be converted, or its file exists
  2  invalid usage, or a file could not be read or written"""

_RULES = "List all rules with their severity and subject."

_DIALECTS = """\
List the supported formats with their runtimes, locations and the dates of their facts, or all facts of one
format. Products change: a fact is as good as its date."""

_NEW = """\
Create an agent, skill, command or instructions in the folder in which this project has such files, or in that of
a runtime. A name that is taken or that the runtime rejects is refused."""

_SCHEMA = """\
Print the JSON Schema of the frontmatter of a format (draft-07), for editors and tools without agentls. Without NAME
it has the schemas of all formats as `definitions`."""

_SERVER = """\
Start the language server. Editors start it automatically; it speaks the Language Server Protocol on
standard input and output."""


def parse_arguments(argv: Sequence[str] | None = None) -> argparse.Namespace:
    """Parse the arguments (default: those of the process). `load` of the result imports the command and
    returns its `RunCommand`; it is `None` without a command, with `usage` as the text to print."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    name = arguments[0] if arguments else ""
    if name in _COMMANDS:
        return _command_parser(f"agentls {name}", _COMMANDS[name]).parse_args(arguments[1:])
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
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
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
    add("--unsafe-fixes", action="store_true", help=_UNSAFE_FIXES)
    add("--diff", action="store_true", help="write nothing; print what --fix would change as a unified diff")
    add("--fail-on", type=severity_threshold, default="warning", metavar="SEVERITY", help=_FAIL_ON)
    add("--show", choices=SHOWN, default="", help=_SHOW)
    add("-v", "--verbose", action="store_true", help="print each finding separately, even equal ones")
    add("-q", "--quiet", action="store_true", help="print only findings, without a summary")
    add(
        "--statistics",
        action="store_true",
        help="print the number of findings of each rule instead of findings",
    )
    add("--stdin-filename", metavar="PATH", help="check standard input as the file PATH")
    add("--jobs", type=count, default=0, metavar="N", help=_JOBS)
    add(
        "--no-cache",
        dest="cache",
        action="store_false",
        help="neither use nor write .agentls_cache, which keeps the results of large runs",
    )
    _add_output(parser, "text", "concise", "json", "sarif", "github")


def _add_format(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders (default: current folder)")
    add("--check", action="store_true", help="write nothing; list the files that would be formatted")
    add("--diff", action="store_true", help="write nothing; print what would change as a unified diff")
    _add_settings(parser)
    add("-q", "--quiet", action="store_true", help="print nothing about formatted files")
    add("--stdin-filename", metavar="PATH", help="format standard input as the file PATH")
    add("--jobs", type=count, default=0, metavar="N", help=_JOBS)
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


def _add_server(parser: argparse.ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--stdio", action="store_true", help="use standard input and output (default)")
    how.add_argument("--tcp", type=address, metavar="HOST:PORT", help="wait for a client at this address")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dialect", type=dialect_name, metavar="NAME", help=_DIALECT)
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


def _load_server() -> RunCommand:
    from agentls.cli.server_command import run_server

    return run_server


_COMMANDS = {
    "check": _Command("check agent files", _CHECK, _add_check, _load_check, _CHECK_EXITS),
    "format": _Command("format frontmatter", _FORMAT, _add_format, _load_format, _FORMAT_EXITS),
    "inspect": _Command("show how runtimes load agent files", _INSPECT, _add_inspect, _load_inspect),
    "convert": _Command(
        "convert agents to another format", _CONVERT, _add_convert, _load_convert, _CONVERT_EXITS
    ),
    "new": _Command("create an agent, skill, command or instructions", _NEW, _add_new, _load_new),
    "graph": _Command("draw the agents and their connections", _GRAPH, _add_graph, _load_graph),
    "explain": _Command("explain a rule, key, tool or model", _EXPLAIN, _add_explain, _load_explain),
    "rules": _Command("list all rules", _RULES, _add_rules, _load_rules),
    "dialects": _Command("list the supported formats", _DIALECTS, _add_dialects, _load_dialects),
    "schema": _Command("print the JSON Schema of frontmatter", _SCHEMA, _add_schema, _load_schema),
    "server": _Command("start the language server", _SERVER, _add_server, _load_server),
}
