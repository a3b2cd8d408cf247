"""The URIs of files. A name that is not UTF-8 keeps its bytes, so that the right file is opened."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import quote, unquote, urlsplit

from agentls.workspace import disk

_DRIVE = re.compile(r"/[A-Za-z]:")


def decode_uri(uri: str) -> str:
    """Return a URI without the percent signs that clients write differently."""
    return unquote(uri, errors="surrogateescape")


def path_of(uri: str) -> str | None:
    """Return the path (with `/`) of the file or folder at `uri`; `None` if it is not on the disk."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return None
    path = decode_uri(parts.path)
    if parts.scheme != "file" or not path:
        return None
    if parts.netloc:
        path = f"//{decode_uri(parts.netloc)}{path}"
    elif _DRIVE.match(path):
        path = path[1].lower() + path[2:]
    return disk.absolute_path(path)


@lru_cache(maxsize=10_000)
def file_uri(path: str) -> str:
    """Return the URI of the file at `path` (with `/`)."""
    rest = path if path.startswith("/") else f"/{path}"
    lead = ""
    if rest.startswith("//"):
        host, slash, rest = rest[2:].partition("/")
        lead, rest = quote(host), slash + rest
    elif _DRIVE.match(rest):
        lead, rest = f"/{rest[1].lower()}:", rest[3:]
    return f"file://{lead}{quote(_encode(rest))}"


def _encode(path: str) -> bytes:
    """The bytes of a path. A text can also name one that no file can have."""
    try:
        return path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return path.encode("utf-8", "replace")
