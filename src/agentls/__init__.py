"""agentls: the language server for agent files.

An agent file is Markdown with YAML frontmatter that defines an AI agent. agentls says what the
runtime that loads such a file will really do with it. The packages, each of which imports only
from those above it:

- `owner`: what the owner of the project fills in before a release.
- `text`: offsets, patterns, YAML, Markdown, globs, spelling; nothing here knows what an agent is.
- `config`: what a user can set.
- `dialects`: the facts about each format, one YAML file per dialect.
- `readers`: what a runtime makes of a text, by one strategy for each way of reading.
- `document`: one file with all that follows from its text and its place.
- `project`: what files define and refer to, the index of it, and the graph that it makes.
- `linter`: the rules, and the one pipeline that runs them.
- `conversion`: an agent of one format as a file of another.
- `reports`: inspections, explanations, lists and drawings.
- `features`: the questions of an editor, one module each.
- `workspace`: the file system.
- `lsp`: the language server, the only part that knows the protocol.
- `cli`: the command line, the only part that knows the terminal.
"""

__version__ = "0.1.0"
