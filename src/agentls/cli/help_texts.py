"""What `--help` prints about the commands and their options."""

from __future__ import annotations

DESCRIPTION = """\
Linter and language server for AI agent files (.claude/agents/*.md, .github/agents/*.agent.md,
.opencode/agents/*.md and others): see whether Claude Code, Copilot and others load them, which tools the
agents get, and what is ignored."""

EXAMPLES = """\
examples:
  agentls check                        check all agent files of this project
  agentls inspect .claude/agents/x.md  show how the runtimes load one file
  agentls format                       format the frontmatter of all agent files of this project
  agentls convert --to copilot         list the agents as Copilot would get them
  agentls explain unknown-tool         explain a rule, key, tool or model
  agentls graph --output agents.html   draw the agents of this project and their connections

Run `agentls COMMAND --help` for the options of a command."""

CHECK = """\
Check agent files. A folder is searched for the files that runtimes load: *.md in `.claude/agents`, in
`agents` of a plugin, and in the other locations that `agentls dialects` lists. Files ignored by
.gitignore are skipped unless they are in such a location, because the runtimes load them. A file given by
name is always checked."""

CHECK_EXITS = """\
examples:
  agentls check --diff .claude         show what the safe fixes would change
  agentls check --fix                  fix all agent files of this project, and report what remains
  agentls check --fix --unsafe-fixes   also apply fixes that are a guess

A safe fix changes nothing but the fault: every runtime that reads the file still loads it, with the same description,
tools and other values.

exit code:
  0  no findings at or above the severity of --fail-on; with --diff: nothing to fix
  1  findings; with --diff: files would be fixed
  2  invalid usage, or a file could not be checked or fixed

--show, --verbose, --quiet and --statistics apply to text; the other output formats have all findings.

Settings are read from `agentls.toml`, or from `[tool.agentls]` in `pyproject.toml`. Results are kept in
`.agentls_cache` for the next run."""

DIALECT = "format of files outside all known locations; in folders, of all *.md"

JOBS = "processes for many files (default: one per core)"

FAIL_ON = """\
exit with 1 for findings of at least this severity: error, warning, information, hint, or never
(default: warning)"""

UNSAFE_FIXES = """\
with --fix or --diff: also apply fixes that guess what the author intended; review the result"""

SHOW = """\
print findings down to this severity: warning, information, hint or all. Default: warning, and information for one or
two files. Findings that decide the exit code are always printed."""

FORMAT = """\
Format the frontmatter of agent files: the order of keys (as `agentls dialects FORMAT` lists them, unknown keys
last), two spaces for each level, one space after a colon, no quotes around single words, no trailing spaces. The
body, values, comments, and the style of lists and texts stay as they are, and every runtime reads the file as
before. Keys that a blank line separates are ordered separately. Files whose frontmatter is invalid YAML are left
alone."""

FORMAT_EXITS = """\
exit code:
  0  done; with --check or --diff: there is nothing to format
  1  with --check or --diff: files would be formatted
  2  invalid usage, or a file could not be read or written"""

INSPECT = """\
Show how each runtime loads agent files: whether it loads them and why not, the name, description, model
and tools, and the tokens they cost. In a project also the MCP servers that the agent can use, the
permissions that the settings deny, and the references to the agent. With --arguments also the prompt of a
call, as it is sent, and the commands that run in it. Findings are reported by `check`."""

EXPLAIN = "Explain a rule, a frontmatter key, a tool, a model, a hook event or another name in agent files."

GRAPH = """\
Draw the agents, skills, commands and servers of a project, and their connections: which agent starts,
preloads, uses or mentions which. Unresolved names are highlighted. The given files and folders are shown in
full, together with everything directly connected to them.

  mermaid  a flowchart for Markdown, as GitHub shows it
  dot      for Graphviz
  json     for other programs
  html     one page with search, filters and zoom that works offline"""

CONVERT = """\
Convert agents to the format of another product: their keys, tools, model and place. What has no equivalent is
listed before anything is written, and each result is read as the other product reads it. An agent never gets
tools that it does not have. In folders, all agents of other formats are converted."""

CONVERT_EXITS = """\
exit code:
  0  all agents can be converted, or were
  1  an agent cannot be converted, or its file exists
  2  invalid usage, or a file could not be read or written"""

RULES = "List all rules with their severity and subject."

DIALECTS = """\
List the supported formats with their runtimes, locations and the dates of their facts, or all facts of one
format. Products change: a fact is as good as its date."""

NEW = """\
Create an agent, skill, command or instructions in the folder in which this project has such files, or in that of
a runtime. A name that is taken or that the runtime rejects is refused."""

SCHEMA = """\
Print the JSON Schema of the frontmatter of a format (draft-07), for editors and tools without agentls. Without NAME
it has the schemas of all formats as `definitions`."""

SINCE = "check only files that have changed since a commit, branch or tag, and mark the changed lines with +"

HOOK = """\
Tell an agent what is wrong with the agent file that it has just written. Runtimes such as Claude Code, Copilot CLI,
Gemini CLI, Factory Droid and VS Code, and a plugin for OpenCode, call it as a hook after each use of a tool. It reads
their event on standard input, checks the written file as a part of its project, and answers with the findings and
the exact replacements where the runtime passes them on to the model. It says nothing about other files, or if there
is nothing to say."""

HOOK_EXITS = """\
exit code:
  0  nothing to say, or the answer is the JSON on standard output
  1  the input is not an event, or a file could not be checked
  2  the answer is on standard error, where Claude Code, Factory Droid and the plugin for OpenCode read it"""

HOOK_SEVERITY = (
    "report findings of at least this severity: error, warning, information or hint (default: warning)"
)

MCP = """\
Start a server of the Model Context Protocol on standard input and output, for models that write agent files. It has the
tools check, inspect, explain, convert, list_agents and rename, and the pages of rules and formats as resources. The
project is that of the current folder. No tool writes or starts anything. It needs `pip install 'agentls[mcp]'`."""

MCP_EXITS = """\
exit code:
  0  the client has disconnected
  2  invalid usage, or the package mcp is not installed"""

MCP_INSTRUCTIONS = """\
agentls knows what Claude Code, Copilot, OpenCode, Gemini CLI and other runtimes do with agent files: agents, skills,
commands, rules and instructions in Markdown. Call `check` after you have written such a file, and apply the
replacements that it names."""

SERVER = """\
Start the language server. Editors start it automatically; it speaks the Language Server Protocol on
standard input and output."""
