"""Conversions between formats: what is written, what is reported, and that the result means no more."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentls.config import Config
from agentls.conversion.convert_agent import Conversion, convert_agent
from agentls.conversion.meaning import AgentMeaning, concepts_of, prompt_of, read_meaning
from agentls.dialects.crosswalk import load_crosswalk
from agentls.document.document import Document
from agentls.document.locate import make_document
from agentls.text.paths import slug
from harness import FIXTURES, agent, parse_case

TARGETS = load_crosswalk().targets
HEAD = "---\nname: reviewer\ndescription: Reviews code.\n"
BODY = "\nYou review the code that was changed.\n"
CLAUDE = ".claude/agents/reviewer.md"
PATHS = {
    "claude-code": CLAUDE,
    "copilot": ".github/agents/reviewer.agent.md",
    "opencode": ".opencode/agents/reviewer.md",
    "gemini-cli": ".gemini/agents/reviewer.md",
    "cursor": ".cursor/agents/reviewer.md",
    "qwen-code": ".qwen/agents/reviewer.md",
    "kimi-code": ".kimi-code/agents/reviewer.md",
    "droid": ".factory/droids/reviewer.md",
}


def converted(keys: str, target: str, path: str = CLAUDE) -> Conversion:
    """Return the conversion of an agent with these keys."""
    return convert_agent(agent(f"{HEAD}{keys}---\n{BODY}", path), target)


def keys_of(made: Conversion) -> str:
    """Return the keys of a converted agent but its name and description."""
    assert made.refusal == ""
    head, _, body = made.text.removeprefix("---\n").partition("---\n")
    assert body == BODY
    return "".join(
        line for line in head.splitlines(keepends=True) if not line.startswith(("name:", "description:"))
    )


def messages(made: Conversion) -> str:
    """Return all that a conversion reports."""
    return "\n".join(f"{note.kind}: {note.message}" for note in made.notes)


def result(made: Conversion) -> Document:
    """Return the document that a conversion writes."""
    document = make_document(made.path, made.text, Config())
    assert document is not None
    return document


# --- keys -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("target", "path", "keys"),
    [
        ("copilot", ".github/agents/reviewer.agent.md", "tools: [read, search, execute]\n"),
        (
            "opencode",
            ".opencode/agents/reviewer.md",
            "mode: subagent\nmodel: anthropic/claude-opus-5-5\npermission:\n"
            '  "*": deny\n  read: allow\n  bash: ask\n  grep: allow\n  glob: allow\nsteps: 20\n',
        ),
        (
            "gemini-cli",
            ".gemini/agents/reviewer.md",
            "tools:\n  - read_file\n  - grep_search\n  - glob\n  - run_shell_command\nmax_turns: 20\n",
        ),
        (
            "qwen-code",
            ".qwen/agents/reviewer.md",
            "tools:\n  - read_file\n  - grep_search\n  - glob\n  - run_shell_command\nmaxTurns: 20\ncolor: blue\n",
        ),
        ("kimi-code", ".kimi-code/agents/reviewer.md", "tools:\n  - Read\n  - Grep\n  - Glob\n  - Bash\n"),
        ("droid", ".factory/droids/reviewer.md", "tools: [Read, Grep, Glob, Execute]\n"),
    ],
)
def test_from_claude_code(target: str, path: str, keys: str) -> None:
    made = converted(
        "tools: Read, Grep, Glob, Bash(git *)\nmodel: opus\nmaxTurns: '20'\ncolor: blue\n", target
    )
    assert made.path == path
    assert keys_of(made) == keys


@pytest.mark.parametrize(
    ("origin", "keys", "after"),
    [
        ("copilot", "tools: [read, search, docs/find]\n", "tools: Read, Grep, Glob, mcp__docs__find\n"),
        ("copilot", "model: [claude-opus-4.5]\n", "model: claude-opus-4-5\n"),
        ("opencode", "permission:\n  bash: deny\n", "disallowedTools: Bash, PowerShell\n"),
        ("opencode", 'permission:\n  "*": deny\n  read: allow\n', "tools: Read\n"),
        ("opencode", "steps: 9\nmode: subagent\n", "maxTurns: 9\n"),
        ("gemini-cli", "tools:\n  - read_file\n  - mcp_docs_find\n", "tools: Read, mcp__docs__find\n"),
        ("gemini-cli", "kind: local\nmodel: inherit\n", "model: inherit\n"),
        ("cursor", "is_background: true\n", "background: true\n"),
        ("qwen-code", "approvalMode: auto-edit\n", "permissionMode: acceptEdits\n"),
        ("kimi-code", "tools: Read, Skill\n", "tools: Read, Skill\n"),
        ("droid", "tools: read-only\n", "tools: Read, Grep, Glob\n"),
    ],
)
def test_to_claude_code(origin: str, keys: str, after: str) -> None:
    assert keys_of(converted(keys, "claude-code", PATHS[origin])) == after


def test_who_can_start_an_agent_is_kept() -> None:
    assert "disable-model-invocation: true" in keys_of(
        converted("mode: primary\n", "copilot", PATHS["opencode"])
    )
    made = converted("disable-model-invocation: true\n", "opencode", PATHS["copilot"])
    assert keys_of(made) == "mode: primary\n"
    made = converted("user-invocable: false\n", "claude-code", PATHS["copilot"])
    assert "cannot prevent users" in messages(made)


def test_what_has_no_equivalent_is_reported() -> None:
    keys = "tools: Read, Monitor, Bsah\nmodel: sonnet\nmemory: project\ncategory: x\nisolation: worktree\n"
    reported = messages(converted(keys, "gemini-cli"))
    for name in ("Monitor", "Bsah", "sonnet", "memory", "category", "isolation"):
        assert f"`{name}" in reported, name
    assert "`tools`" not in reported


def test_values_that_the_runtime_ignores_are_reported() -> None:
    made = converted("color: 12\nmaxTurns: none\n", "qwen-code")
    assert keys_of(made) == ""
    assert "`maxTurns` has no effect in Claude Code" in messages(made)


# --- tools ------------------------------------------------------------------------------------


def test_an_agent_without_tools_never_gets_all() -> None:
    assert keys_of(converted("tools: []\n", "kimi-code")) == "tools: []\n"
    assert keys_of(converted("tools: Monitor\n", "copilot")) == "tools: []\n"
    assert "cannot start an agent without tools" in converted("tools: []\n", "qwen-code").refusal
    assert "none of the tools" in converted("tools: Monitor\n", "droid").refusal


def test_a_format_without_lists_of_tools_is_wider() -> None:
    assert converted("tools: Read\n", "cursor").is_wider
    assert converted("disallowedTools: WebFetch\n", "cursor").is_wider
    assert not converted("", "cursor").is_wider


def test_a_limit_to_reading_becomes_readonly() -> None:
    denied = "disallowedTools: Edit, Write, NotebookEdit, Bash, PowerShell\n"
    made = converted(denied, "cursor")
    assert (keys_of(made), made.is_wider) == ("readonly: true\n", False)
    made = converted("readonly: true\n", "claude-code", PATHS["cursor"])
    assert keys_of(made) == "disallowedTools: Bash, Edit, Write, NotebookEdit, PowerShell\n"


@pytest.mark.parametrize("target", sorted({*TARGETS} - {"claude-code", "cursor"}))
def test_denied_tools_stay_denied(target: str) -> None:
    document = result(converted("disallowedTools: Bash, Write\n", target))
    for reading in document.readings:
        available = document.tools_in(reading)
        denied = {tool.name for tool in available.dropped} | {""}
        shell = {"execute", "bash", "run_shell_command", "Bash", "Execute"}
        assert not shell & {*available.available}
        assert available.mode == "listed" or shell & denied


def test_a_tool_whose_uses_are_limited_is_left_out() -> None:
    keys = 'permission:\n  bash:\n    "*": deny\n    "git *": allow\n'
    made = converted(keys, "claude-code", PATHS["opencode"])
    assert keys_of(made) == "disallowedTools: Bash, PowerShell\n"
    assert "changed: `permission` limits the use of tools" in messages(made)


def test_agents_that_may_be_started_are_kept_or_none_can_be() -> None:
    keys = "tools: Read, Agent\nsubagents: helper\n"
    made = converted("agents: [helper]\n", "kimi-code", PATHS["copilot"])
    assert keys_of(made) == "subagents:\n  - helper\n"
    made = converted(keys, "claude-code", PATHS["kimi-code"])
    assert keys_of(made) == "tools: Read\n"
    assert "`subagents` limits the use of tools" in messages(made)


def test_plan_mode_stays_without_changes() -> None:
    keys = "tools: Read, Edit, Bash\npermissionMode: plan\n"
    assert "approvalMode: plan" in keys_of(converted(keys, "qwen-code"))
    assert keys_of(converted(keys, "copilot")) == "tools: [read]\n"


def test_narrow_names_are_preferred_to_broad_ones() -> None:
    assert keys_of(converted("tools: Edit, WebFetch\n", "copilot")) == "tools: [edit/editFiles, web/fetch]\n"
    made = converted("tools: Edit\n", "opencode")
    assert "  edit: ask\n" in keys_of(made)
    assert "`edit`" not in messages(made)


def test_a_denied_server_that_cannot_be_denied_is_wider() -> None:
    assert (
        keys_of(converted("disallowedTools: mcp__docs\n", "qwen-code")) == "disallowedTools:\n  - mcp__docs\n"
    )
    assert "mcp_*" not in converted("disallowedTools: mcp__docs\n", "gemini-cli").text
    assert converted("disallowedTools: mcp__*\n", "qwen-code").is_wider


def test_a_server_with_a_denied_tool_is_not_given_as_a_whole() -> None:
    made = converted("tools: Read, mcp__docs\ndisallowedTools: mcp__docs__drop\n", "copilot")
    assert keys_of(made) == "tools: [read]\n"
    assert "`mcp__docs` is left out" in messages(made)


def test_permissions_of_servers_stay_denied() -> None:
    opencode = PATHS["opencode"]
    made = converted('permission:\n  "docs_*": deny\n', "claude-code", opencode)
    assert keys_of(made) == "disallowedTools: mcp__docs__*\n"
    assert converted('permission:\n  "my_docs_*": deny\n', "claude-code", opencode).is_wider
    made = converted("permission:\n  external_directory: deny\n", "claude-code", opencode)
    assert "`external_directory` is about no tool" in messages(made)


def test_similar_tools_are_reported() -> None:
    made = converted("tools: TodoWrite, Read\n", "qwen-code")
    assert "`TodoWrite` becomes `task_list`" in messages(made)


# --- names, descriptions and prompts ----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "target", "after"),
    [
        ("Code Reviewer", "copilot", "Code Reviewer"),
        ("Code Reviewer", "kimi-code", "code-reviewer"),
        ("code_reviewer", "gemini-cli", "code_reviewer"),
        ("code_reviewer", "kimi-code", "code-reviewer"),
        ("explore", "kimi-code", None),
        ("отзыв", "gemini-cli", "review"),
        ("team/reviewer", "qwen-code", "team-reviewer"),
    ],
)
def test_names(name: str, target: str, after: str | None) -> None:
    document = agent(f'---\nname: "{name}"\ndescription: Works.\n---\n{BODY}', ".claude/agents/review.md")
    made = convert_agent(document, target)
    if after is None:
        assert "review" in made.path or made.refusal
        return
    assert result(made).readings[0].name == after
    assert (f"`{name}` becomes `{after}`" in messages(made)) == (name != after)


def test_the_line_breaks_of_a_description_are_line_breaks() -> None:
    document = agent(f"---\nname: a\ndescription: One.\\nTwo: three.\n---\n{BODY}", CLAUDE)
    made = convert_agent(document, "copilot")
    assert "description: |-\n  One.\n  Two: three.\n" in made.text


def test_variables_in_the_prompt_are_reported() -> None:
    document = agent(f"{HEAD}---\nYou work in ${{cwd}} and ${{other}}.\n", CLAUDE)
    assert "Kimi Code replaces `${cwd}`" in messages(convert_agent(document, "kimi-code"))
    assert "`${cwd}` and `${other}`" in convert_agent(document, "qwen-code").refusal


@pytest.mark.parametrize("body", ["", "x\n"])
def test_a_prompt_that_is_too_short_is_refused(body: str) -> None:
    assert "characters" in convert_agent(agent(f"{HEAD}---\n{body}", CLAUDE), "qwen-code").refusal


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("You work.\n", CLAUDE),
        ("---\nname: x\n---\nYou work.\n", CLAUDE),
        ("---\nname: x\ndescription: y\n---\nDo it.\n", ".claude/skills/x/SKILL.md"),
        ("---\nname: x\nkind: remote\nagent_card_url: https://example.com\n---\n", PATHS["gemini-cli"]),
    ],
)
def test_what_is_no_agent_is_refused(text: str, path: str) -> None:
    assert convert_agent(agent(text, path), "copilot").refusal


def test_line_ends_are_kept() -> None:
    made = convert_agent(agent(f"{HEAD}---\n{BODY}".replace("\n", "\r\n"), CLAUDE), "copilot")
    assert "\n" not in made.text.replace("\r\n", "")


def test_every_agent_of_the_fixtures_is_refused_or_loads_in_every_format() -> None:
    counts = {"converted": 0, "refused": 0}
    for fixture in sorted(FIXTURES.rglob("*.md")):
        case = parse_case(fixture.read_text("utf-8"))
        for path in case.files:
            if path.endswith((".md", ".mdc")):
                for target in TARGETS:
                    made = convert_agent(case.document(path), target)
                    counts["refused" if made.refusal else "converted"] += 1
                    if not made.refusal:
                        assert all(reading.status == "clean" for reading in result(made).readings)
    assert counts["converted"] > 1000
    assert counts["refused"] > 1000


# --- properties -------------------------------------------------------------------------------

_TOOLS = ["Read", "Grep", "Glob", "Bash", "Edit", "Write", "NotebookEdit", "WebFetch", "WebSearch", "Agent"]
_TOOLS += ["Skill", "TodoWrite", "Monitor", "Bsah", "mcp__docs__find", "mcp__docs", "LSP", "PowerShell"]
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), min_size=1)


def _yaml(text: str) -> str:
    """Return a string as YAML in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + escaped.replace("---", "-\\x2D-") + '"'


_KEYS = st.fixed_dictionaries(
    {},
    optional={
        "tools": st.lists(st.sampled_from(_TOOLS)).map(lambda names: f"[{', '.join(names)}]"),
        "disallowedTools": st.lists(st.sampled_from(_TOOLS), min_size=1).map(", ".join),
        "model": st.sampled_from(["sonnet", "inherit", "claude-opus-4-5", "other"]),
        "permissionMode": st.sampled_from(["default", "plan", "acceptEdits", "bypassPermissions", "x"]),
        "maxTurns": st.sampled_from(["5", "'7'", "0", "x"]),
        "memory": st.sampled_from(["project", "x"]),
        "effort": st.sampled_from(["low", "max", "x"]),
        "background": st.sampled_from(["true", "false"]),
        "color": st.sampled_from(["red", "x"]),
    },
)


@settings(deadline=None)
@given(st.sampled_from(sorted({*TARGETS} - {"claude-code"})), _KEYS, _TEXT, _TEXT)
def test_a_conversion_means_the_same_or_less(
    target: str, keys: dict[str, str], description: str, prompt: str
) -> None:
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    text = f"---\nname: reviewer\ndescription: {_yaml(description)}\n{lines}---\n{prompt}"
    before = read_meaning(agent(text, CLAUDE))
    made = convert_agent(agent(text, CLAUDE), target)
    if isinstance(before, str) or made.refusal:
        assert made.refusal
        return
    document = result(made)
    assert all(reading.status == "clean" for reading in document.readings)
    assert all(reading.description == before.description for reading in document.readings)
    assert all(prompt_of(made.text, reading) == prompt for reading in document.readings)
    after = read_meaning(document)
    assert isinstance(after, AgentMeaning)
    assert made.is_wider or _access(after) <= _access(before)
    for key in keys:
        # A key is kept, or there is a note on it, on its value or on the tools.
        assert _is_kept(key, before, after, made), key
    back = convert_agent(document, "claude-code")
    if not (back.refusal or back.is_wider or made.is_wider):
        again = convert_agent(result(back), target)
        if not again.refusal:
            assert _essence(convert_agent(result(again), "claude-code")) == _essence(back)


def _essence(made: Conversion) -> tuple[object, ...]:
    """Return what two conversions of an agent must have in common; a runtime may ignore tools that both list."""
    meaning = read_meaning(result(made))
    assert isinstance(meaning, AgentMeaning)
    settings = [(setting.key.name, setting.value.value) for setting in meaning.settings]
    return meaning.name, meaning.description, meaning.prompt, meaning.tools, settings


def _access(meaning: AgentMeaning) -> frozenset[str]:
    """Return what the tools of an agent give access to."""
    access, dialect = load_crosswalk().access, meaning.reading.dialect
    uses = meaning.tools.allowed
    if uses is None:
        own = {concept for tool in dialect.tools for concept in concepts_of(tool.name, dialect)}
        denied = {concept for use in meaning.tools.denied for concept in use.concepts}
        return frozenset({access.get(concept, "") for concept in own - denied} | {"", "any server"})
    servers = {"any server" for use in uses if use.server}
    return frozenset({access.get(concept, "") for use in uses for concept in use.concepts} | {""} | servers)


def _is_kept(key: str, before: AgentMeaning, after: AgentMeaning, made: Conversion) -> bool:
    if key in ("tools", "disallowedTools"):
        return True
    reported = any(key == note.name or f"`{key}" in note.message for note in made.notes)
    concept = next((setting.concept for setting in before.settings if setting.key.name == key), "")
    is_setting = concept and any(setting.concept == concept for setting in after.settings)
    has_model = key == "model" and (after.model is not None or "inherit" in str(before.model))
    return bool(reported or is_setting or has_model)


@given(st.text())
def test_a_slug_is_a_name_everywhere(name: str) -> None:
    short = slug(name)
    assert short == slug(short)
    assert not short or short.replace("-", "").isalnum()
