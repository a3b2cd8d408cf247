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
from agentls.text.escaping import escape_lines

_INTERRUPTED = 130
_OUTPUT_CLOSED = 141


def run() -> NoReturn:
    """Run the command of this process, and end the process without freeing its memory first, which takes longer than
    the check of a file."""
    code = main()
    for stream in (sys.stdout, sys.stderr):
        if not stream.closed:
            with suppress(OSError):
                stream.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    prepare_streams()
    args = parse_arguments(argv)
    if args.load is None:
        sys.stderr.write(args.usage)
        return 2
    try:
        gc.disable()  # Modules live as long as the process.
        run = args.load()
        gc.freeze()
        gc.enable()
        code: int = run(args)
        if not sys.stdout.closed:  # The server closes it when its client disconnects.
            sys.stdout.flush()
    except BrokenPipeError:
        discard_output()
        return _OUTPUT_CLOSED
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
