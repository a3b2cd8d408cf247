"""`python -m agentls`."""

import sys

from agentls.cli import main

if __name__ == "__main__":
    sys.exit(main())
