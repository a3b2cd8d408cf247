"""The command line.

Nothing is loaded before it is needed: a check of one file should take no longer than reading
this sentence, and only `agentls server` loads what speaks the protocol.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from agentls import __version__
from agentls.cli.terminal import Terminal, discard_output, prepare_streams, terminal_width
from agentls.config import SEVERITIES

_INTERRUPTED = 130
_NOBODY_READS = 141

_DESCRIPTION = """\
Says what the runtimes really do with your agent files (.claude/agents/*.md, .github/agents/*.agent.md,
.opencode/agents/*.md and others): whether they load, which tools the agent gets, and what in them has
no effect."""

_EXAMPLES = """\
examples:
  agentls check                        check all agent files of this project
  agentls inspect .claude/agents/x.md  show what the runtime makes of one file
  agentls explain unknown-tool         explain a rule, a key, a tool or a model
  agentls graph --output agents.html   draw the agents of this project and what connects them

`agentls COMMAND --help` says more about a command."""

_CHECK = """\
Check agent files. In a folder, all that lie where a runtime looks for them are found: the *.md below
`.claude/agents`, below `agents` in a plugin, and in the places that `agentls dialects` lists. What
.gitignore leaves out is left out, except in such folders, which the runtimes read all the same. A
file that is named is always checked."""

_CHECK_EXITS = """\
exit code:
  0  nothing found that counts for --fail-on
  1  something found
  2  wrong usage, or something could not be checked

Settings come from `agentls.toml`, or `[tool.agentls]` in `pyproject.toml`."""

_DIALECT = "the format of files whose place does not tell it; takes all *.md of a folder for it"

_FAIL_ON = """\
exit with 1 for findings of this severity or a worse one: error, warning (the default), information,
hint, or never"""

_INSPECT = """\
Show what each runtime makes of agent files: whether they load and why not, the name, description,
model and tools it takes from them, and the tokens they cost; and what the rest of the project adds: the
MCP servers that the agent reaches, what the settings deny, and who names it. This judges nothing; `check`
does."""

_EXPLAIN = "Explain a rule, a frontmatter key, a tool, a model, a hook event or another word of agent files."

_GRAPH = """\
Draw the agents, skills, commands and servers of a project, and what connects them: who starts whom, preloads
or uses what, and mentions whom in prose. Names that a reference gives and nothing has stand out. Of the
named files and folders all is shown, of the rest of their project what is directly connected with them.

  mermaid  a flowchart for Markdown, as GitHub shows it
  dot      for Graphviz
  json     for other programs
  html     one page to search, filter and zoom in, which works without a network"""

_RULES = "List all rules with their severity and what they are about."

_DIALECTS = """\
List the formats that are known, with their readers, places, and the days of their facts; or all about
one of them. Products change: a fact is as good as its date."""

_SERVER = """\
Start the language server. Editors do this by themselves; it speaks the Language Server Protocol on
standard input and output."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    prepare_streams()
    parser = _parser()
    args = parser.parse_args(argv)
    if args.run is None:
        parser.print_help(sys.stderr)
        return 2
    try:
        code: int = args.run(args)
        if not sys.stdout.closed:  # The server closes it when its client leaves.
            sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
        return _NOBODY_READS
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception:
        import traceback

        traceback.print_exc()
        sys.stderr.write("agentls: internal error; please report it with the lines above\n")
        return 2
    return code


# The parser


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "agentls",
        description=_DESCRIPTION,
        epilog=_EXAMPLES,
        formatter_class=_formatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"agentls {__version__}")
    parser.set_defaults(run=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", prog="agentls")
    _add_check(_command(commands, "check", "find out what is wrong with agent files", _CHECK, _CHECK_EXITS))
    _add_inspect(_command(commands, "inspect", "show what a runtime makes of agent files", _INSPECT))
    _add_graph(_command(commands, "graph", "draw the agents and what connects them", _GRAPH))
    _add_explain(_command(commands, "explain", "explain a rule, key, tool or model", _EXPLAIN))
    _add_rules(_command(commands, "rules", "list all rules", _RULES))
    _add_dialects(_command(commands, "dialects", "list the formats that are known", _DIALECTS))
    _add_server(_command(commands, "server", "start the language server", _SERVER))
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    brief: str,
    description: str,
    epilog: str = "",
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=brief,
        description=description,
        epilog=epilog,
        formatter_class=_formatter,
        allow_abbrev=False,
    )


def _formatter(prog: str) -> argparse.HelpFormatter:
    """The help as wide as the terminal. Left to itself, argparse would load `shutil` to find out."""
    return argparse.RawDescriptionHelpFormatter(prog, width=min(terminal_width(), 100))


def _add_check(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders (default: this folder)")
    _add_reading(parser)
    codes: dict[str, Any] = {"action": "extend", "type": _codes, "default": [], "metavar": "CODES"}
    add("--select", help="use only these rules (codes with commas between them)", **codes)
    add("--ignore", help="do not use these rules", **codes)
    add("--fail-on", type=_threshold, default="warning", metavar="SEVERITY", help=_FAIL_ON)
    add("--stdin-filename", metavar="PATH", help="check standard input as if it were this file")
    add(
        "--jobs",
        type=_count,
        default=0,
        metavar="N",
        help="processes for large sets (default: 0, one per core)",
    )
    _add_output(parser, "text", "json", "sarif", "github")
    parser.set_defaults(run=_check, usage_error=parser.error)


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="PATH", help="files and folders")
    _add_reading(parser)
    _add_output(parser, "text", "json")
    parser.set_defaults(run=_inspect)


def _add_graph(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", metavar="PATH", help="files and folders (default: this folder)")
    _add_reading(parser)
    forms = ("mermaid", "dot", "json", "html")
    by_name = "the form of the output (default: what the ending of --output says, else mermaid)"
    add("--output-format", choices=forms, default=None, help=by_name)
    add("-o", "--output", metavar="FILE", help="write to this file, not to standard output")
    add("--no-mentions", dest="mentions", action="store_false", help="leave out what only prose connects")
    add(
        "--tools", action="store_true", help="draw also the tools that agents list (html: can be switched on)"
    )
    parser.set_defaults(run=_graph, usage_error=parser.error)


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("word", metavar="WORD", help="the code of a rule, a key, a tool, a model, ...")
    parser.add_argument(
        "--dialect",
        type=_dialect,
        metavar="NAME",
        help="the format the word belongs to; otherwise all are looked through",
    )
    _add_color(parser)
    parser.set_defaults(run=_explain)


def _add_rules(parser: argparse.ArgumentParser) -> None:
    _add_output(parser, "text", "json")
    parser.set_defaults(run=_rules)


def _add_dialects(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", type=_dialect, metavar="NAME", help="tell all about this one")
    parser.add_argument(
        "--stale", type=_count, metavar="DAYS", help="list the facts that are older than so many days"
    )
    parser.add_argument("--schema", action="store_true", help="print the JSON Schema of dialect files")
    _add_output(parser, "text", "json")
    parser.set_defaults(run=_dialects)


def _add_server(parser: argparse.ArgumentParser) -> None:
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--stdio", action="store_true", help="speak on standard input and output (the default)")
    how.add_argument("--tcp", type=_address, metavar="HOST:PORT", help="wait for a client at this address")
    parser.set_defaults(run=_server)


def _add_reading(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dialect", type=_dialect, metavar="NAME", help=_DIALECT)
    parser.add_argument("--config", type=_file, metavar="FILE", help="take the settings from this file")
    parser.add_argument(
        "--no-project",
        dest="project",
        action="store_false",
        help="look at each file by itself, without the other files of its project",
    )


def _add_output(parser: argparse.ArgumentParser, *formats: str) -> None:
    parser.add_argument(
        "--output-format",
        choices=formats,
        default=formats[0],
        help=f"the form of the output (default: {formats[0]})",
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
        "--no-color", dest="color", action="store_const", const="never", help="the same as --color never"
    )


# Their values


def _codes(value: str) -> list[str]:
    import agentls.linter.rules  # noqa: F401  Fills the registry.
    from agentls.linter.rule import RULES

    codes = [code.strip() for code in value.split(",") if code.strip()]
    for code in codes:
        if code not in RULES:
            raise argparse.ArgumentTypeError(f"there is no rule `{code}`{_did_you_mean(code, RULES)}")
    return codes


def _dialect(value: str) -> str:
    from agentls.dialects.loader import DIALECT_NAMES

    if value not in DIALECT_NAMES:
        known = ", ".join(DIALECT_NAMES)
        raise argparse.ArgumentTypeError(f"there is no dialect `{value}`; known: {known}")
    return value


def _file(value: str) -> str:
    if not os.path.isfile(value):
        raise argparse.ArgumentTypeError(f"there is no file `{value}`")
    return value


def _threshold(value: str) -> int:
    """The number of a severity; no severity has one as low as "never"."""
    if value == "never":
        return 0
    if value not in SEVERITIES:
        raise argparse.ArgumentTypeError(f"`{value}` is none of {', '.join(SEVERITIES)}, never")
    return SEVERITIES.index(value) + 1


def _count(value: str) -> int:
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f"`{value}` is not a whole number")
    return int(value)


def _address(value: str) -> tuple[str, int]:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"`{value}` is not HOST:PORT, as in 127.0.0.1:2087")
    return host.strip("[]"), int(port)


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    from agentls.text.spelling import closest_match

    found = closest_match(word, known)
    return f"; did you mean `{found}`?" if found else ""


# The commands


@contextmanager
def _loading() -> Iterator[None]:
    """Load modules without a look for garbage among them, then or later: there is none."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _check(args: argparse.Namespace) -> int:
    with _loading():
        from agentls.cli import run

    if args.stdin_filename and args.paths not in ([], [run.STDIN]):
        args.usage_error("with --stdin-filename there can be no PATH")
    return run.check_all(args)


def _inspect(args: argparse.Namespace) -> int:
    with _loading():
        from agentls.cli import run

    return run.inspect_all(args)


def _graph(args: argparse.Namespace) -> int:
    with _loading():
        from agentls.cli import graph_command

    return graph_command.draw(args)


def _explain(args: argparse.Namespace) -> int:
    from agentls.dialects import loader
    from agentls.reports.explain import explain, explain_in_any_format, suggest_words

    terminal = Terminal(args.color)
    known = [loader.load_dialect(name) for name in ([args.dialect] if args.dialect else loader.DIALECT_NAMES)]
    page = explain(args.word, known[0]) if args.dialect else explain_in_any_format(args.word)
    if page is None:
        meant = dict.fromkeys(word for dialect in known for word in suggest_words(args.word, dialect))
        words = ", ".join(f"`{word}`" for word in list(meant)[:5])
        terminal.message(
            f"nothing is known about `{args.word}`" + (f"; did you mean {words}?" if words else "")
        )
        return 2
    terminal.markdown(page)
    return 0


def _rules(args: argparse.Namespace) -> int:
    import agentls.linter.rules  # noqa: F401  Fills the registry.
    from agentls.linter.rule import RULES

    terminal = Terminal(args.color if args.output_format == "text" else "never")
    rows = [(rule.code, rule.severity.label, rule.group, rule.summary) for rule in RULES.values()]
    if args.output_format == "text":
        terminal.table(
            [
                [(code, "label"), (severity, severity), (group, "muted"), (summary, "plain")]
                for code, severity, group, summary in rows
            ]
        )
        return 0
    import json

    names = ("code", "severity", "group", "summary")
    pages = [dict(zip(names, row, strict=True)) | {"page": RULES[row[0]].page} for row in rows]
    terminal.write([(json.dumps(pages, indent=2) + "\n", "plain")])
    return 0


def _dialects(args: argparse.Namespace) -> int:
    from agentls.cli import dialects_command

    return dialects_command.dialects(args)


def _server(args: argparse.Namespace) -> int:
    with _loading():
        from agentls.lsp import serve

    return serve.run_tcp(*args.tcp) if args.tcp else serve.run_stdio()
