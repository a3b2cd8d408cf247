"""How Claude Code reads a skill.

Observed in 2.1.328 on 2026-11-20 with seventy recorded files and some hundred real ones. The
frontmatter is found and parsed as that of an agent, but every skill loads: under the name of its folder, and
without metadata if the frontmatter cannot be parsed. The model receives the description and, after a hyphen,
`when_to_use`, with a blank for each line end; other blanks are kept. The first line of the body is the default
for a description that is missing or not a string. The model receives nothing about a skill with
`disable-model-invocation`.
"""

from __future__ import annotations

from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.dialects.value_schema import TRUE_WORDS
from agentls.readers.claude_code import parse_frontmatter
from agentls.readers.pipeline import first_line
from agentls.readers.reading import FileIdentity, LoadStatus, Reading
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Mapping, Scalar

_LINE_END = lazy_pattern(r"\r\n|[\r\n]")

_DEFAULT_DESCRIPTION = "Skill"
"""The description that the model receives of a skill without any text."""


def read_skill(text: str, identity: FileIdentity, dialect: Dialect, runtime: Runtime) -> Reading:
    """Return the reading of a skill by Claude Code."""
    parsed = parse_frontmatter(text, runtime)
    reason = parsed.reason
    plain = reason is not None and reason.kind == "missing-frontmatter"
    status: LoadStatus = "damaged" if reason and not plain else parsed.status
    return Reading(
        runtime,
        dialect,
        status,
        (reason,) if reason and not plain else (),
        parsed.frame.block if parsed.frame else None,
        parsed.frame.closing if parsed.frame else None,
        parsed.root,
        parsed.repaired_values,
        parsed.body_start,
        _name(parsed.root, identity),
        _description(parsed.root, text[parsed.body_start :]),
    )


def _name(root: Mapping | None, identity: FileIdentity) -> str:
    """Return the command that runs the skill. In a plugin, `name` replaces the name of the folder in it."""
    folder = identity.default_name("folder")
    if not identity.plugin:
        return folder
    return f"{identity.plugin}:{_text(root, 'name') or folder}"


def _description(root: Mapping | None, body: str) -> str | None:
    """Return the description that the model receives, or `None` if it receives none."""
    if _text(root, "disable-model-invocation").lower() in TRUE_WORDS:
        return None
    description = _text(root, "description") or first_line(body).lstrip("#").strip() or _DEFAULT_DESCRIPTION
    use = _text(root, "when_to_use")
    line = _LINE_END.sub(" ", f"{description} - {use}" if use else description)
    return line.replace("<", "&lt;").replace(">", "&gt;")


def _text(root: Mapping | None, key: str) -> str:
    """Return the trimmed text of the scalar at `key`, or "" if there is none."""
    entry = root.get(key) if root else None
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.type == "null":
        return ""
    return entry.value.text.strip()
