"""Paths as strings with `/` between their parts, on every system. Nothing here asks the file system."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator


def is_inside(path: str, folder: str) -> bool:
    """Whether `path` is `folder` or is below it."""
    return f"{path}/".startswith(f"{folder.rstrip('/')}/")


def relative_to(path: str, folder: str) -> str:
    """`path` relative to `folder`; unchanged if it is not below it."""
    return path.removeprefix(f"{folder.rstrip('/')}/")


def slug(name: str) -> str:
    """A name for a file or folder made of `name`: lower-case letters and digits with single hyphens between; it may be
    empty."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


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
