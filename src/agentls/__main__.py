"""`python -m agentls`."""

import sys

from agentls.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
