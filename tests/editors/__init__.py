"""agentls in real editors, with the configurations that users are told to copy."""
