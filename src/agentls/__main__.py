"""`python -m agentls`."""

from agentls.cli.main import run

if __name__ == "__main__":
    run()
