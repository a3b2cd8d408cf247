"""Text without any knowledge of agents: offsets, YAML, Markdown, globs, paths, spelling, tokens, wording."""
