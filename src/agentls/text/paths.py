"""Paths as strings with `/` between their parts, on every system. Nothing here asks the file system."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator


def is_inside(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or is below it."""
    return f"{path}/".startswith(f"{folder.rstrip('/')}/")


def relative_to(path: str, folder: str) -> str:
    """`path` relative to `folder`; unchanged if it is not below it."""
    return path.removeprefix(f"{folder.rstrip('/')}/")


def common_folder(folders: list[str]) -> str:
    """The deepest folder that contains all `folders`, which are absolute; "" if there is none."""
    try:
        return posixpath.commonpath(folders)
    except ValueError:  # There are no folders.
        return ""


def folder_and_parents(folder: str) -> Iterator[str]:
    """`folder` and its parent folders, the nearest first; the last one is "" for `/`."""
    yield folder.rstrip("/")
    yield from parent_folders(folder.rstrip("/"))


def parent_folders(path: str) -> Iterator[str]:
    """The parent folders of `path`, the nearest first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
