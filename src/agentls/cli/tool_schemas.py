"""The tools of `agentls mcp` as a model sees them: what each does, and the JSON Schema of its arguments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agentls.config import SEVERITIES
from agentls.dialects.crosswalk import load_crosswalk
from agentls.text.named_tuples import NamedTuple


class ToolSchema(NamedTuple):
    """A tool: its name, a title for people, its description, and the schema of its arguments."""

    name: str
    title: str
    description: str
    arguments: Mapping[str, Any]


def tool_schemas() -> tuple[ToolSchema, ...]:
    """Return all tools."""
    return (
        ToolSchema(
            "check",
            "Check agent files",
            "Check agent files (agents, skills, commands, rules and instructions in Markdown) as a part of their "
            "project, and list what the runtimes reject, ignore or read otherwise than written, each with the exact "
            "text that repairs it. Call it after you have written or changed such a file, or with `text` before you "
            "write it.",
            _arguments(
                path={
                    **_PATH,
                    "description": "File or folder. Default: all agent files of the working directory.",
                },
                text=_TEXT,
                severity={
                    "type": "string",
                    "enum": list(SEVERITIES),
                    "description": "List findings of at least this severity. Default: warning.",
                },
                dialect=_DIALECT,
            ),
        ),
        ToolSchema(
            "inspect",
            "Show how runtimes load a file",
            "Show how each runtime (Claude Code, Copilot CLI, VS Code, OpenCode, ...) loads one agent file: whether it "
            "loads and why not, its name, description, model and tools, what is ignored, and the tokens that it costs.",
            _arguments(
                "path",
                path=_PATH,
                text=_TEXT,
                arguments={
                    "type": "string",
                    "description": "Arguments of a call of a command or skill: the prompt is shown as it is sent.",
                },
                dialect=_DIALECT,
            ),
        ),
        ToolSchema(
            "explain",
            "Explain a name",
            "Explain a rule, a frontmatter key, a tool, a model, a hook event or another name in agent files: what it "
            "does, which values it takes, and which formats have it.",
            _arguments(
                "name",
                name={
                    "type": "string",
                    "description": "The name, such as `unknown-tool` or `permissionMode`.",
                },
                dialect={
                    **_DIALECT,
                    "description": "Format to look in, such as claude-code. Default: all formats.",
                },
            ),
        ),
        ToolSchema(
            "convert",
            "Convert an agent to another format",
            "Convert an agent to the format of another product: return the path and the text of the new file, and what "
            "it does not keep. Nothing is written. The agent never gets tools that it does not have, unless "
            "`allow_wider_tools` is set.",
            _arguments(
                "path",
                "to",
                path=_PATH,
                text=_TEXT,
                to={
                    "type": "string",
                    "enum": list(load_crosswalk().targets),
                    "description": "The format of the new file.",
                },
                allow_wider_tools={
                    "type": "boolean",
                    "description": "Convert it even if the format cannot limit its tools. Default: false.",
                },
                dialect=_DIALECT,
            ),
        ),
        ToolSchema(
            "list_agents",
            "List agents",
            "List the agents, skills, commands or MCP servers that the project and the user define: their names, "
            "files and descriptions, and which of them do not load. Call it before you create one, or refer to one by "
            "its name.",
            _arguments(
                kind={
                    "type": "string",
                    "enum": ["agent", "skill", "command", "server", "any"],
                    "description": "What to list. Default: agent.",
                },
                path={
                    **_PATH,
                    "description": "List only what is in this folder. Default: the whole project.",
                },
            ),
        ),
        ToolSchema(
            "rename",
            "Rename an agent",
            "Return the edits that rename an agent, skill, command or MCP server in all files of the project: its "
            "definition, its file, and all references. Nothing is written: apply the edits of a file from its last "
            "line to its first, then rename the file.",
            _arguments(
                "name",
                "new_name",
                name={"type": "string", "description": "The present name."},
                new_name={"type": "string", "description": "The new name."},
                kind={
                    "type": "string",
                    "enum": ["agent", "skill", "command", "server"],
                    "description": "What it is, if things of several kinds have this name.",
                },
                path={**_PATH, "description": "The file that defines it, if several have this name."},
            ),
        ),
    )


_PATH = {
    "type": "string",
    "description": "Path of the file, absolute or relative to the working directory; it must be inside the project.",
}
_TEXT = {
    "type": "string",
    "description": "Content to use instead of that of the file at `path`, which need not exist.",
}
_DIALECT = {
    "type": "string",
    "description": "Format of the file, such as claude-code, if its path does not determine it.",
}


def _arguments(*required: str, **properties: Mapping[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema
