"""What knows nothing of agents: offsets, YAML, Markdown, globs, spelling, tokens, wording."""
