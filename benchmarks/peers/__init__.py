"""agentls beside other linters for agent files, on the same files in the same run."""
