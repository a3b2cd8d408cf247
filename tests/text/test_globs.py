"""File patterns: splitting, errors and matching."""

from __future__ import annotations

import time

import pytest

from agentls.text import globs


@pytest.mark.parametrize(
    ("text", "patterns"),
    [
        ("**/*.ts", ["**/*.ts"]),
        ("**/*.ts, **/*.tsx", ["**/*.ts", "**/*.tsx"]),
        ("src/*.{js,jsx},docs/**", ["src/*.{js,jsx}", "docs/**"]),
        ("", [""]),
    ],
)
def test_commas_outside_braces_separate_patterns(text: str, patterns: list[str]) -> None:
    assert globs.split_patterns(text) == patterns


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("**", "a/b.ts"),
        ("*.ts", "a/b.ts"),
        ("src/**/*.ts", "src/a.ts"),
        ("src/**/*.{ts,tsx}", "src/a/b.tsx"),
        ("./src/*", "src/a.ts"),
        ("src/", "src/a/b.ts"),
        ("[ab].md", "a.md"),
        ("[!b].md", "a.md"),
        ("a?.md", "ab.md"),
        ("**/" * 20, "a"),
        ("src/**/*.ts", "packages/src/a/b/c.ts"),
        ("a/**/b/c/**/d", "a/b/b/c/d"),
        ("src/**.ts", "src/a/b.ts"),
        ("{src,lib/**}/{a,b}.{ts,js}", "lib/x/b.js"),
        ("{a,{b,c}}.md", "c.md"),
        ("*a*b*c*.md", "xaabbcc.md"),
        (r"app/\[id\]/*.tsx", "app/[id]/page.tsx"),
        (r"\{a,b\}.md", "{a,b}.md"),
        ("{a,b}" * 20, "c"),  # too many alternatives: nothing is said about it
        ("[z-a].md", "a.md"),
    ],
)
def test_paths_that_match(pattern: str, path: str) -> None:
    assert globs.matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("*.ts", "a.tsx"),
        ("src/*.ts", "src/a/b.ts"),
        ("lib/**", "src/a.ts"),
        ("a+b.md", "aab.md"),
        ("app/[id]/*.tsx", "app/[id]/page.tsx"),
        ("*a*b*", "ba"),
        ("a/**/b", "b/a"),
    ],
)
def test_paths_that_do_not_match(pattern: str, path: str) -> None:
    assert not globs.matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "at_fault"), [("src/[ab", True), ("*.{ts,tsx", True), ("*.{ts,tsx}", False), ("[[]a", False)]
)
def test_unclosed_brackets_are_an_error(pattern: str, at_fault: bool) -> None:
    assert (globs.find_error(pattern) is not None) is at_fault


@pytest.mark.parametrize("pattern", ["*a" * 200 + "b", "**/a" * 120 + "/b", "**a" * 60 + "b", "{a,b}*" * 60])
@pytest.mark.parametrize("path", ["a" * 200, "a/" * 200 + "c"])
def test_the_time_of_a_match_does_not_explode(pattern: str, path: str) -> None:
    started = time.perf_counter()
    globs.matches(pattern, path)
    assert time.perf_counter() - started < 1
