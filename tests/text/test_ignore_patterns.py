"""Patterns as in `.gitignore` match what they match in Git, in a time that does not explode."""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from agentls.config import parse_config
from agentls.text.globs import MAX_LENGTH
from agentls.text.ignore_patterns import (
    IgnorePattern,
    last_match,
    parents,
    parse_lines,
    parse_pattern,
    selects,
)

WORDS = (
    *("a", "b", "ab", "*", "*", "**", "***", "?", "/", "/", "/", "**/", "/**", "\\", "\\a", "\\*", "\\/"),
    *("[", "]", "-", "!", " ", "#", ".", "[ab]", "[!a]", "[a-b]", "[^b]", "[b-a]", "[]a]", "[a/b]", "[a-]"),
    *("[[:alpha:]]", "[[:x]", "[:a]", "[--b]", "[[:no:]]"),
)
NAMES = (
    "a",
    "b",
    "ab",
    "ba",
    "aab",
    "abb",
    "*",
    "a*",
    "-",
    "]",
    "[",
    "a-",
    "a b",
    "a ",
    "!",
    "#a",
    ".a",
    "\\",
)


def compiled(*lines: str) -> tuple[IgnorePattern, ...]:
    return tuple(parse_lines("\n".join(lines)))


def is_ignored(patterns: tuple[IgnorePattern, ...], path: str) -> bool:
    """Whether Git would ignore the file or folder (with `/`) at `path`."""
    return any(last_match(patterns, each) for each in (*parents(path), path))


@pytest.mark.skipif(shutil.which("git") is None, reason="a system with Git")
@pytest.mark.parametrize("seed", range(2))
def test_paths_are_ignored_as_git_ignores_them(seed: int, tmp_path: Path) -> None:
    choose = random.Random(seed)
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    expected = {}
    for number in range(100):
        folder = tmp_path / str(number)
        folder.mkdir()
        lines = ["".join(choose.choices(WORDS, k=choose.randint(1, 7))) for _ in range(choose.randint(1, 3))]
        (folder / ".gitignore").write_text("\n".join(lines) + "\n", "utf-8")
        paths = {"/".join(choose.choices(NAMES, k=choose.randint(1, 4))) for _ in range(30)}
        for path in choose.sample(sorted(paths), 8):
            (folder / path).mkdir(parents=True, exist_ok=True)
        for path in paths:
            full = f"{path}/" if (folder / path).is_dir() else path
            expected[f"{number}/{path}"] = is_ignored(compiled(*lines), full), lines
    git = subprocess.run(
        ["git", "check-ignore", "--no-index", "-z", "--stdin"],
        input="\0".join(expected).encode(),
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    ignored = set(git.stdout.decode().split("\0"))
    different = {path: lines for path, (ours, lines) in expected.items() if ours != (path in ignored)}
    assert different == {}
    assert len(expected) > 2000


@pytest.mark.parametrize(
    ("line", "path", "expected"),
    [
        ("build", "a/build", True),
        ("build/", "a/build", None),
        ("build/", "a/build/", True),
        ("/build", "a/build", None),
        ("!build", "build", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/*", "a/x/y", None),
        ("**/*.md", "a/x.md", True),
        ("a\\ ", "a ", True),
        ("a  ", "a", True),
        ("é?", "éa", True),
        ("[é-ü]", "ö", True),
    ],
)
def test_a_pattern_is_compared_with_a_path(line: str, path: str, expected: bool | None) -> None:
    assert last_match(compiled(line), path) is expected


@pytest.mark.parametrize("line", ["", "  ", "# a", "/", "!", "a\\", "[a", "[[:no:]]", "a" * (MAX_LENGTH + 1)])
def test_some_lines_match_nothing(line: str) -> None:
    assert parse_pattern(line) is None


@pytest.mark.parametrize(
    ("patterns", "path", "selected"),
    [
        (("docs/",), "docs/a/b.md", True),
        (("docs/", "!docs/draft.md"), "docs/draft.md", False),
        (("docs/", "!docs/draft.md"), "docs/a.md", True),
        (("*.md", "!docs/"), "docs/a.md", True),
        (("docs/a/", "!docs/"), "docs/a/b.md", False),
        ((), "a.md", False),
    ],
)
def test_the_patterns_of_a_setting_select_files(patterns: tuple[str, ...], path: str, selected: bool) -> None:
    assert selects(compiled(*patterns), path) is selected


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "*a*a*a*a*a*a*a*b",
            "*a" * 499 + "b",
            "a/" + "*a" * 400,
            "**/a" * 249 + "/b",
            "a?" * 400 + "*" * 200,
        ),
        *("**/*a*a" * 120 + "/b", "[[:alpha:]]*" * 80, "[" * MAX_LENGTH, "[[:" * 333, "\\" * MAX_LENGTH),
    ],
)
@pytest.mark.parametrize("path", ["a" * 4000, "a/" * 2000 + "c", "aa/" * 1300])
def test_the_time_of_a_comparison_does_not_explode(pattern: str, path: str) -> None:
    started = time.perf_counter()
    last_match(compiled(pattern), path)
    assert time.perf_counter() - started < 1


def test_a_pattern_that_is_too_long_is_a_problem_of_the_settings() -> None:
    found = parse_config({"places": {"claude-code": ["a" * (MAX_LENGTH + 1)]}}, ())
    assert found.config.places == {}
    assert "at most 1,000 characters" in found.problems[0].message
