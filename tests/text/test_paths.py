"""Paths as strings: containment, relative paths and parent folders."""

from __future__ import annotations

import pytest

from agentls.text.paths import common_folder, folder_and_parents, is_inside, parent_folders, relative_to


@pytest.mark.parametrize(
    ("path", "folder", "inside"),
    [("/a/b", "/a", True), ("/a", "/a", True), ("/a", "/a/", True), ("/ab", "/a", False), ("/a", "/", True)],
)
def test_a_folder_contains_itself_and_what_is_below(path: str, folder: str, inside: bool) -> None:
    assert is_inside(path, folder) is inside


def test_a_path_outside_of_the_folder_stays_absolute() -> None:
    assert [relative_to(path, "/a/") for path in ("/a/b/c", "/ab/c", "/a")] == ["b/c", "/ab/c", "/a"]


def test_parent_folders_end_at_the_root() -> None:
    assert list(folder_and_parents("/a/b/")) == ["/a/b", "/a", ""]
    assert list(folder_and_parents("")) == [""]
    assert list(parent_folders("a/b/c")) == ["a/b", "a"]


def test_the_deepest_common_folder() -> None:
    assert common_folder(["/a/b/c", "/a/b", "/a/bc"]) == "/a"
    assert common_folder(["C:/a", "D:/a"]) == common_folder([]) == ""
