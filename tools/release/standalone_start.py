"""The start of the program that contains Python."""

import multiprocessing
import sys

sys.dont_write_bytecode = (
    False  # PyInstaller sets it. The tables are compiled when they are first used, as modules are.
)

from agentls.cli.main import run  # noqa: E402

if __name__ == "__main__":
    multiprocessing.freeze_support()  # `agentls check` starts this program again for processes that share its work.
    run()
