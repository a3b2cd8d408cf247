"""The manifests of plugins: which values a runtime requires, and which keys list the files of a plugin."""

from functools import cache
from typing import Literal

from agentls.dialects.records import Key, Source
from agentls.dialects.rows import build_record
from agentls.dialects.tables import load_table
from agentls.text.named_tuples import NamedTuple

MANIFEST = ".claude-plugin/plugin.json"
"""The path of the manifest in a plugin."""

HOOKS = "hooks/hooks.json"
"""The path of the file with the hooks of a plugin."""

MARKETPLACE = ".claude-plugin/marketplace.json"
"""The path of the list of plugins in a repository."""


class ComponentKey(NamedTuple):
    """A key that lists files of one `dialect`, which are otherwise those in `folder`.

    `lists` tells what its paths lead to: files and folders of files, or only folders, each with one file in it or with
    such folders. With `replaces_folder`, `folder` is not read if the key is set.
    """

    key: str
    dialect: str
    folder: str
    source: str
    lists: Literal["files", "folders"] = "files"
    replaces_folder: bool = False


class ManifestFormat(NamedTuple):
    """What the `runtimes` require of a manifest: they reject a plugin with a value that does not match its key, or
    without a required one, and one whose hooks would unload an agent of `hooks_dialect`."""

    runtimes: tuple[str, ...]
    hooks_dialect: str
    sources: tuple[Source, ...]
    keys: tuple[Key, ...]
    components: tuple[ComponentKey, ...]


@cache
def manifest_format() -> ManifestFormat:
    """Return the format of manifests."""
    found = build_record(ManifestFormat, load_table("plugin-manifests"), "plugin-manifests")
    assert isinstance(found, ManifestFormat)
    return found
