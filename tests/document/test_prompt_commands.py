"""Shell commands in a prompt: which run, and which need permission."""

from __future__ import annotations

import pytest

from agentls.document.prompt_commands import find_commands
from agentls.document.shell_commands import Access, commands_of, rule_for, rule_pattern, script_access


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("!`git status`", ["git status"]),
        ("State: !`git status`, !`ls`", ["git status", "ls"]),
        ("| a | !`ls` |\n```\nx !`pwd`\n```", ["ls", "pwd"]),
        ("X=!`a` (!`b`) `!`c` !``d`` `` !`e` ``", []),
        ("```!\nls\ngit status\n```", ["ls\ngit status"]),
        ("```!\n!`ls`\n```", ["!`ls`"]),
        ("!`git log\n--oneline`", ["git log\n--oneline"]),
        ("!`` !` ` ```! ```", []),
        ("`vec!` and `format!` raise!", []),
        ("Hello! `ls`", []),
    ],
)
def test_commands_run_at_the_start_of_a_line_and_after_a_space(text: str, scripts: list[str]) -> None:
    assert [command.script for command in find_commands(text, 0)] == scripts


def test_commands_have_the_span_of_the_whole() -> None:
    text = "---\n!`x`\n---\nA !`ls -l`."
    (command,) = find_commands(text, 13)
    assert command.span.text_in(text) == "!`ls -l`"


@pytest.mark.parametrize(
    ("script", "access"),
    [
        ("git status --short", "granted"),
        ("ls -la src 2>/dev/null || echo none", "granted"),
        ("cat a.txt | head -5", "granted"),
        ("echo a # npm test", "granted"),
        ("npm test", "refused"),
        ("npm test &> /dev/null", "refused"),
        ("git status && git push", "refused"),
        ("git add .; ls", "refused"),
        ("cat a | npm run b", "refused"),
        ("timeout 30 npm test", "refused"),
        ("./build.sh", "refused"),
        ('"${CLAUDE_PLUGIN_ROOT}/run.sh" $ARGUMENTS', "refused"),
        ("flag", "refused"),
        ("git branch", "unknown"),
        ("ls *.md", "unknown"),
        ("ls > out.txt", "unknown"),
        ('echo "$HOME"', "unknown"),
        ("gh pr view", "unknown"),
        ("node --version", "unknown"),
        ("X=1 npm test", "unknown"),
        ("echo $(npm test)", "unknown"),
        ("if true; then npm test; fi", "unknown"),
        ("for f in *; do rm $f; done", "unknown"),
        ("cat <<EOF\nnpm test\nEOF", "unknown"),
        ("echo 'open", "unknown"),
        ("", "unknown"),
    ],
)
def test_what_only_reads_needs_no_permission(script: str, access: Access) -> None:
    assert script_access(script, ()) == access


@pytest.mark.parametrize(
    ("specifier", "script", "access"),
    [
        (None, "npm test", "granted"),
        ("*", "npm test && make", "granted"),
        ("npm test", "npm test", "granted"),
        ("npm test", "npm test --all", "refused"),
        ("npm test:*", "npm test --all", "granted"),
        ("npm test:*", "npm test", "granted"),
        ("npm *", "npm run x 2>&1", "granted"),
        ("npm *", "npm run x && make", "refused"),
        ("npm:*", "npmx", "refused"),
        ("* --version", "made --version", "granted"),
        ("${CLAUDE_PLUGIN_ROOT}/run.sh *", '"${CLAUDE_PLUGIN_ROOT}/run.sh" a', "granted"),
    ],
)
def test_rules_allow_commands(specifier: str | None, script: str, access: Access) -> None:
    assert script_access(script, [rule_pattern(specifier)]) == access


def test_the_commands_of_a_script_are_judged_one_by_one() -> None:
    found = commands_of("git status; npm test | head -3\nmake 2>/dev/null", ["make"])
    assert [(each.text, each.access) for each in found] == [
        ("git status", "granted"),
        ("npm test", "refused"),
        ("head -3", "granted"),
        ("make", "granted"),
    ]


@pytest.mark.parametrize(
    ("command", "pattern"),
    [
        ("npm ls --depth=0", "npm ls *"),
        ("flag", "flag *"),
        ("make -j4", "make *"),
        ("timeout 5s python3 tools/a.py x", "python3 tools/a.py *"),
        ("node ${CLAUDE_PLUGIN_ROOT}/a.js $1", "node ${CLAUDE_PLUGIN_ROOT}/a.js *"),
        ("deploy $1", "deploy *"),
    ],
)
def test_a_rule_for_a_command_names_its_program_and_what_it_runs(command: str, pattern: str) -> None:
    assert rule_for(command) == pattern
    assert script_access(command, [pattern]) == "granted"
