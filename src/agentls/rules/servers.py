"""Rules about `skills` and `mcpServers`."""
