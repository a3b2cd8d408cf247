"""agentls: the language server for agent files.

An agent file is Markdown with YAML frontmatter that defines an AI agent. agentls says what the
runtime that loads such a file will really do with it. The map, each module importing only
from those above it:

- `text`, `yamltree`, `frontmatter`, `markdown`: offsets, YAML and Markdown, each in one place;
- `spelling`, `wording`, `tokens`, `globs`, `config`: did you mean; how messages show things; what a
  text costs; patterns of files; what a user can set;
- `dialects`: the facts about each format, one YAML file per dialect;
- `reading`, `shapes`, `permissions`, `toollist`, `origin`: what a runtime makes of a text; what it takes
  for a value; who may do what; lists of tools; which format a text is written for;
- `causes`, `readers`, `validation`: why a frontmatter cannot be read; the ways in which runtimes read;
  whether a dialect is in order;
- `document`, `project`: a file with all that follows from its text, and from its place;
- `names`, `prose`, `links`, `naming`, `occurrences`, `companions`, `overlap`, `roster`, `index`, `graph`: what
  a file defines and refers to, which texts say the same, how the files of a project find one another by it, and
  the graph that they make;
- `suppress`, `rewrite`, `rule`, `rules`, `check`: the checks and the one pipeline they run in;
- `effective`, `inspection`, `explain`, `catalogue`, `drawing`, `features`: answers for people and editors;
- `disk`, `finding`, `home`, `indexing`, `lsp`, `cli`: the edges, which alone know files, the protocol and
  the terminal.
"""

__version__ = "0.1.0"
