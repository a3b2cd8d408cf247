"""File patterns in frontmatter: when the text is used because of them, and what is meant by impossible ones."""

from __future__ import annotations

import pytest

from agentls.config import Config
from agentls.document.document import Document
from agentls.document.file_patterns import correct_pattern, find_problem, when_used
from agentls.features.hover import hover
from agentls.linter.check import check
from agentls.project.world import NoDisk
from harness import agent, at_cursor

RULE, INSTRUCTIONS, CURSOR = (
    ".claude/rules/a.md",
    ".github/instructions/a.instructions.md",
    ".cursor/rules/a.mdc",
)


def uses(path: str, frontmatter: str) -> dict[str, str]:
    """When each runtime uses a file with these lines as its frontmatter."""
    document = agent(f"---\n{frontmatter}\n---\n\nWrite small functions.\n", path)
    found = {reading.runtime.name: when_used(reading, document.text) for reading in document.readings}
    return {name: " ".join((use.when, *use.patterns)) for name, use in found.items() if use}


@pytest.mark.parametrize(
    ("value", "when"),
    [
        ("", "always"),
        (" ''", "always"),
        (" []", "always"),
        (" 5", "always"),
        (" true", "always"),
        (" {a: b}", "always"),
        (' "**"', "always"),
        (' ["**", "**"]', "always"),
        ("\n  - **/*.py", "always"),  # an alias, with which the frontmatter is lost
        (' ["**", "src/**"]', "files ** src/**"),
        (" src/**", "files src/**"),
        (' "src/**/*.{ts,tsx}, lib/**"', "files src/**/*.{ts,tsx} lib/**"),
        (" ./src/**", "never"),
        (' ["./src/**", "lib/**"]', "files lib/**"),
        (' " src/**"', "never"),
        (' "src/**\\t"', "never"),
        (" app/[id]/page.tsx", "never"),
        (" 'app/[...slug]/page.tsx'", "never"),
        (r" app/\[id\]/page.tsx", r"files app/\[id\]/page.tsx"),
        (" 'src/[a-z]/*.ts'", "files src/[a-z]/*.ts"),
        (" 'src/*.[jt]s'", "files src/*.[jt]s"),
        (' "!src/**"', "never"),
        (" |-\n  src/**\n  lib/**", "never"),
    ],
)
def test_when_a_rule_of_claude_code_is_loaded(value: str, when: str) -> None:
    assert uses(RULE, f"paths:{value}") == {"claude-code": when}


@pytest.mark.parametrize("frontmatter", ["globs: src/**", "applyTo: src/**", "description: Style"])
def test_a_rule_without_paths_is_always_loaded(frontmatter: str) -> None:
    assert uses(RULE, frontmatter) == {"claude-code": "always"}


@pytest.mark.parametrize(
    ("frontmatter", "when"),
    [
        ('applyTo: "**"', "always"),
        ("applyTo: **/*", "always"),
        ('applyTo: "src/**, *"', "always"),
        ('applyTo: "src/**"', "files src/**"),
        ('applyTo: "/src/**"', "never"),
        ('applyTo: "./src/**"', "never"),
        ('applyTo: "!src/**"', "never"),
        ("applyTo: “src/**”", "never"),
        ('applyTo: "src/** "', "files src/**"),
        ('applyTo: ["src/**"]', "never"),
        ('applyTo: "/src/**"\ndescription: Style', "description"),
        ("description: Style", "description"),
        ("description:\nname: Style", "request"),
    ],
)
def test_when_vs_code_uses_instructions(frontmatter: str, when: str) -> None:
    assert uses(INSTRUCTIONS, frontmatter)["vscode"] == when


def test_copilot_cli_takes_a_list() -> None:
    assert uses(INSTRUCTIONS, 'applyTo: ["src/**", "lib/**"]')["copilot-cli"] == "files src/** lib/**"


@pytest.mark.parametrize(
    ("frontmatter", "when"),
    [
        ("alwaysApply: true\nglobs: src/**", "always"),
        ("alwaysApply: false\nglobs: src/**,*.ts", "files src/** *.ts"),
        ("description: Style\nglobs:\nalwaysApply: false", "description"),
        ("description:\nglobs:\nalwaysApply: false", "request"),
    ],
)
def test_when_cursor_uses_a_rule(frontmatter: str, when: str) -> None:
    assert uses(CURSOR, frontmatter) == {"cursor": when}


@pytest.mark.parametrize(
    ("path", "pattern", "correct"),
    [
        (RULE, "././src/**", "src/**"),
        (RULE, "./app/[id]/[[...rest]]/*.ts", r"app/\[id\]/\[\[...rest\]\]/*.ts"),
        (RULE, "“./src/**”", "src/**"),
        (RULE, "!src/**", ""),
        (RULE, "src/[ab", ""),
        (INSTRUCTIONS, "//src/**", "src/**"),
        (INSTRUCTIONS, "app/[id]/*.ts", "app/*/*.ts"),
    ],
)
def test_a_correction_can_match_files(path: str, pattern: str, correct: str) -> None:
    rules = agent("", path).reading.runtime.patterns
    assert find_problem(pattern, rules)
    assert correct_pattern(pattern, rules) == correct


@pytest.mark.parametrize(
    ("frontmatter", "line"),
    [
        ("pa<|>ths: ./src/**", "Used by Claude Code: never, since no file can match"),
        ("paths: [src/<|>**, lib/**]", "Used by Claude Code: for files that match `src/**` or `lib/**`"),
        ("pat<|>hs: []", "Used by Claude Code: always"),
    ],
)
def test_hover_says_when_the_file_is_used(frontmatter: str, line: str) -> None:
    text, offset = at_cursor(f"---\n{frontmatter}\n---\n\nWrite small functions.\n")
    document: Document = agent(text, RULE)
    found = hover(document, offset)
    assert found
    assert found.markdown.splitlines()[0] == line


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (INSTRUCTIONS, 'applyTo: ["a/**", b.ts]', "applyTo: 'a/**,b.ts'"),
        (INSTRUCTIONS, "applyTo: “src/**”, ‘/b/**’", 'applyTo: "src/**, b/**"'),
        (RULE, "paths: |\n  src/**\n  - lib/**", "paths: 'src/**,lib/**'"),
        (RULE, "paths: [./a, b]", "paths: [a, b]"),
        (RULE, "paths: 'app/[id]/x'", "paths: 'app/\\[id\\]/x'"),
        (RULE, "paths:\n  - **/*.py\n  - src/*.ts", "paths:\n  - '**/*.py'\n  - src/*.ts"),
        (RULE, "paths:\n- *.py\n- {a,b}/**", "paths:\n- '*.py'\n- '{a,b}/**'"),
    ],
)
def test_the_first_fix_leaves_patterns_that_can_match(path: str, before: str, after: str) -> None:
    document = agent(f"---\n{before}\n---\n\nWrite small functions.\n", path)
    fix = next(fix for found in check(document, Config(), NoDisk()) for fix in found.fixes)
    fixed = document.with_edits(fix.edits)
    assert fixed.text == f"---\n{after}\n---\n\nWrite small functions.\n"
    assert check(fixed, Config(), NoDisk()) == []
