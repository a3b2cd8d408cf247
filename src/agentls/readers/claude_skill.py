"""How Claude Code reads a skill.

Observed in 2.1.328 on 2026-11-20 with seventy recorded files and some hundred real ones. The
frontmatter is found and parsed as that of an agent, but every skill loads: under the name of its
folder, and if need be without any metadata. The model is told the description and, behind a hyphen,
`when_to_use`, on one line; the first line of the text stands in for a description that is missing
or no text. It is told nothing of a skill with `disable-model-invocation`.
"""

from __future__ import annotations

from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.dialects.value_schema import TRUE_WORDS
from agentls.readers.claude_code import parse_frontmatter
from agentls.readers.pipeline import explain_unread_file, first_line
from agentls.readers.reading import FileIdentity, LoadStatus, Reading
from agentls.text.yaml_tree import Mapping, Scalar

_NOTHING = "Skill"
"""What the model is told of a skill that says nothing at all."""


def read_skill(text: str, identity: FileIdentity, dialect: Dialect, runtime: Runtime) -> Reading:
    """The reading of a skill by Claude Code."""
    seen = parse_frontmatter(text, runtime)
    reason = explain_unread_file(identity, runtime) or seen.reason
    plain = reason is not None and reason.kind == "missing-frontmatter"
    how: LoadStatus = seen.how
    if reason and not plain:
        how = "damaged" if reason is seen.reason else "dropped"
    return Reading(
        runtime,
        dialect,
        how,
        (reason,) if reason and not plain else (),
        seen.frame.block if seen.frame else None,
        seen.frame.closing if seen.frame else None,
        seen.root,
        seen.rewritten,
        seen.body,
        _name(seen.root, identity),
        _description(seen.root, text[seen.body :]),
    )


def _name(root: Mapping | None, identity: FileIdentity) -> str:
    """The command that runs the skill. In a plugin `name` takes the place of the folder in it."""
    folder = identity.default_name("folder")
    if not identity.plugin:
        return folder
    return f"{identity.plugin}:{_text(root, 'name') or folder}"


def _description(root: Mapping | None, body: str) -> str | None:
    """What the model is told about the skill."""
    if _text(root, "disable-model-invocation").lower() in TRUE_WORDS:
        return None
    told = _text(root, "description") or first_line(body).lstrip("#").strip() or _NOTHING
    use = _text(root, "when_to_use")
    words = " ".join((f"{told} - {use}" if use else told).split())
    return words.replace("<", "&lt;").replace(">", "&gt;")


def _text(root: Mapping | None, key: str) -> str:
    """The value of `key` as text, "" for none."""
    entry = root.get(key) if root else None
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.type == "null":
        return ""
    return entry.value.text.strip()
