"""The entry point of the command line: parse, import the one command that is asked for, run it."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

from agentls.cli.arguments import parse_arguments
from agentls.cli.terminal import discard_output, prepare_streams
from agentls.text.escaping import escape_lines, escape_path

_INTERRUPTED = 130
_OUTPUT_CLOSED = 141


def run() -> NoReturn:
    """Run the command of this process, and end the process without freeing its memory first, which takes longer than
    the check of a file."""
    try:
        code = main()
    except SystemExit as end:  # The parser has printed an error or a help text.
        code = int(end.code or 0)
        try:
            _flush_output()
        except OSError as error:
            code = _report(error)
    with suppress(OSError):
        sys.stderr.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    prepare_streams()
    try:
        args = parse_arguments(argv)
        if args.load is None:
            sys.stderr.write(args.usage)
            return 2
        args.main = main
        gc.disable()  # Modules live as long as the process.
        run = args.load()
        gc.freeze()
        gc.enable()
        code: int = run(args)
        _flush_output()
    except OSError as error:
        return _report(error)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception:
        from traceback import format_exc

        sys.stderr.write(escape_lines(format_exc()))
        sys.stderr.write("agentls: internal error; please report it with the lines above\n")
        return 2
    finally:
        gc.enable()
    return code


def _flush_output() -> None:
    if not sys.stdout.closed:  # The server closes it when its client disconnects.
        sys.stdout.flush()


def _report(error: OSError) -> int:
    """Report an error of the system that concerns the whole run, and return the exit code. Nearly always it is standard
    output that cannot be written."""
    discard_output()
    if isinstance(error, BrokenPipeError):
        return _OUTPUT_CLOSED
    from agentls.workspace.disk import describe_error

    about = (
        f"{escape_path(os.fsdecode(error.filename))}: "
        if error.filename
        else "the output cannot be written: "
    )
    if isinstance(error, FileNotFoundError) and not error.filename:
        about = "the current folder: "
    with suppress(OSError):
        sys.stderr.write(f"agentls: {about}{describe_error(error)}\n")
    return 2
