"""What the manifests of a plugin say about the files in it.

A plugin has a manifest of its own, an entry in the marketplace of its repository, or both. Observed in Claude Code
2.1.332 on 2026-11-30: a manifest with an invalid value takes down the whole plugin, as does an invalid hook that may be
a guard. A key that lists files replaces the folder that would be read without it, or adds to it. What the entry of a
marketplace lists is read as well; whether it replaces a folder is not known, so that it is taken to add to it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator

from agentls.dialects import loader, value_schema
from agentls.dialects.plugin_manifests import HOOKS, MANIFEST, ComponentKey, manifest_format
from agentls.dialects.value_schema import Mismatch
from agentls.readers.claude_hooks import find_broken_guards
from agentls.readers.reading import FILE_START, Reason, Withheld
from agentls.text import json_tree
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.paths import is_inside
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence


class ListedPath(NamedTuple):
    """A path that a manifest lists, relative to the root of the plugin ("." for the root), and the name that the
    manifest gives to what is there ("" for none)."""

    path: str
    name: str = ""


class ListedFile(NamedTuple):
    """A file that a manifest lists: the dialect and the plugin that it belongs to, the name that the manifest gives
    it ("" for none), and the folders that become part of its name."""

    dialect: str
    plugin: str
    name: str
    subfolders: tuple[str, ...]


class Listing(NamedTuple):
    """What one key of the manifest at `manifest` lists for the plugin of that name. `span` is the value of the key.
    If it is `exclusive`, the usual folder of such files is not read."""

    component: ComponentKey
    plugin: str
    manifest: str
    span: Span
    paths: tuple[ListedPath, ...]
    exclusive: bool


class Plugin(NamedTuple):
    """A plugin: its root folder and its name, what its manifests list, and why it is rejected, if it is."""

    root: str
    name: str
    listings: tuple[Listing, ...] = ()
    rejection: Withheld | None = None

    def find_listed(self, path: str) -> ListedFile | None:
        """Return what the manifests say about the file at `path`, relative to the root, if they list it."""
        for listing in self.listings:
            for listed in listing.paths:
                in_folders = listing.component.lists == "folders"
                subfolders = (_skill_folder if in_folders else _folders_below)(path, listed.path, self.root)
                if subfolders is not None:
                    return ListedFile(listing.component.dialect, listing.plugin, listed.name, subfolders)
        return None

    def withholds(self, dialect: str, *, listed: bool) -> Withheld | None:
        """Return why the plugin does not provide a file of that dialect, which is `listed` or in the usual folder;
        `None` if it provides it."""
        if self.rejection or listed:
            return self.rejection
        for each in self.listings:
            if each.exclusive and each.component.dialect == dialect:
                data = (each.component.key, each.component.folder)
                reason = Reason("replaced-folder", "folder replaced", FILE_START, data)
                return Withheld(reason, manifest_format().runtimes, each.manifest, each.span)
        return None


def _folders_below(path: str, listed: str, _: str) -> tuple[str, ...] | None:
    """Return the folders between `listed` and the file at `path`, which is it or is in it; else `None`."""
    if path == listed:
        return ()
    if listed != "." and not is_inside(path, listed):
        return None
    below = path if listed == "." else path[len(listed) + 1 :]
    return tuple(below.split("/")[:-1])


def _skill_folder(path: str, listed: str, root: str) -> tuple[str, ...] | None:
    """Return the folder of the skill at `path` if `listed` is that folder or the one around it; else `None`."""
    folder = posixpath.dirname(path)
    if listed == (folder or "."):
        return (posixpath.basename(folder or root),)
    return (posixpath.basename(folder),) if folder and listed == (posixpath.dirname(folder) or ".") else None


# --- the manifest of a plugin -----------------------------------------------------------------


class MarketplaceEntry(NamedTuple):
    """An entry of the marketplace at `path`: the name and the root folder of its plugin, what it lists, and whether
    it is all that describes the plugin (`is_strict` is false)."""

    path: str
    span: Span
    name: str
    root: str
    listings: tuple[Listing, ...]
    is_strict: bool


class PluginTexts(NamedTuple):
    """The texts of the files of a plugin that decide whether it loads: its manifest and its hooks (`None` for a file
    that it does not have)."""

    manifest: str | None
    hooks: str | None = None


def make_plugin(root: str, texts: PluginTexts, entries: Iterable[MarketplaceEntry] = ()) -> Plugin:
    """Return the plugin in the folder `root` with these texts, and these entries in marketplaces. Its name is that of
    the folder if nothing gives it another."""
    entries = tuple(entries)
    folder = posixpath.basename(root)
    listings = tuple(listing for entry in entries for listing in entry.listings)
    broken_hooks = _find_broken_hooks(posixpath.join(root, HOOKS), texts.hooks) if texts.hooks else None
    text, manifest = texts.manifest, posixpath.join(root, MANIFEST)
    if text is None:
        return Plugin(root, entries[0].name if entries else folder, listings, broken_hooks)
    tree = json_tree.parse_json(text)
    rejection = _find_rejection(manifest, text, tree) or _find_conflict(entries) or broken_hooks
    if not isinstance(tree, Mapping):
        return Plugin(root, folder, listings, rejection)
    name = _string(tree, "name") or folder
    own = tuple(_find_listings(tree, manifest, name, is_manifest=True))
    return Plugin(root, name, own + listings, rejection)


def _find_listings(root: Mapping, manifest: str, name: str, *, is_manifest: bool) -> Iterator[Listing]:
    """Yield what the keys of a manifest, or of an entry of a marketplace, list for the plugin `name`."""
    for component in manifest_format().components:
        entry = root.get(component.key)
        if entry:
            paths = tuple(_listed_paths(entry.value))
            exclusive = is_manifest and component.replaces_folder
            yield Listing(component, name, manifest, entry.report_span, paths, exclusive)


def _listed_paths(value: Node) -> Iterator[ListedPath]:
    """Yield the paths in the value of a key: a path, a list of paths, or a mapping from names to paths."""
    named = [("", item) for item in (value.items if isinstance(value, Sequence) else (value,))]
    if isinstance(value, Mapping):
        sources = ((entry, _get(entry.value, "source")) for entry in value.entries)
        named = [(entry.key.text, source.value) for entry, source in sources if source]
    for name, item in named:
        path = posixpath.normpath(item.text) if isinstance(item, Scalar) else ".."
        if not path.startswith(("/", "..")):
            yield ListedPath(path, name)


def _find_rejection(manifest: str, text: str, tree: Node | None) -> Withheld | None:
    """Return why Claude Code rejects the plugin with this manifest; `None` if it does not."""
    error = json_tree.find_json_error(text)
    if error is not None:
        return _rejection(Reason("rejected-plugin", "manifest not JSON", FILE_START), manifest, error)
    if not isinstance(tree, Mapping):
        data = (tree,) if tree else ()
        span = tree.span if tree else Span(0, 0)
        return _rejection(
            Reason("rejected-plugin", "manifest not a mapping", FILE_START, data), manifest, span
        )
    fault = next(_find_mismatches(tree), None) or _find_broken_inline_hooks(tree, text)
    return _invalid_file(manifest, "plugin.json", fault) if fault else None


def _find_mismatches(root: Mapping) -> Iterator[Mismatch]:
    """Yield how a manifest differs from what Claude Code requires."""
    known = manifest_format()
    for key in known.keys:
        entry = root.get(key.name)
        if entry:
            yield from value_schema.find_mismatches(key, entry.value, known.runtimes[0])
        elif key.required:
            yield Mismatch(Span(root.span.start, root.span.start + 1), (key.name,), "missing field")


def _find_broken_hooks(path: str, text: str) -> Withheld | None:
    """Return why Claude Code rejects a plugin with this text of its file with hooks. Hooks that are not JSON are
    ignored."""
    if text.startswith("\ufeff") or json_tree.find_json_error(text):
        return None
    tree = json_tree.parse_json(text)
    fault = _find_broken_guard(tree, text) if isinstance(tree, Mapping) else None
    return _invalid_file(path, HOOKS, fault) if fault else None


def _find_broken_inline_hooks(root: Mapping, text: str) -> Reason | None:
    """Return the first broken hook of the mappings of hooks in a manifest, if it is one for which the plugin is
    rejected."""
    hooks = root.get("hooks")
    values = (
        hooks.value.items if hooks and isinstance(hooks.value, Sequence) else (hooks.value,) if hooks else ()
    )
    found = (
        _find_broken_guard(Mapping(value.span, (hooks._replace(value=value),)), text)
        for value in values
        if hooks and isinstance(value, Mapping)
    )
    return next(filter(None, found), None)


def _find_broken_guard(root: Mapping, text: str) -> Reason | None:
    """Return the first broken hook in the value of `hooks` of a mapping, or the first event of a guard beside it."""
    dialect = loader.load_dialect(manifest_format().hooks_dialect)
    guards = {event.name for event in dialect.hooks.events if event.rejects_if_invalid}
    entries = tuple(entry for entry in root.entries if entry.key.text in ("hooks", *guards))
    return next(find_broken_guards(root._replace(entries=entries), text, dialect), None)


def _invalid_file(path: str, name: str, fault: Mismatch | Reason) -> Withheld:
    """Return that the plugin is rejected for a fault in the file at `path`, which messages call `name`."""
    reason = Reason("rejected-plugin", "manifest invalid", FILE_START, (fault, name))
    return _rejection(reason, path, fault.span)


def _rejection(reason: Reason, manifest: str, span: Span) -> Withheld:
    return Withheld(reason, manifest_format().runtimes, manifest, span)


# --- marketplaces -----------------------------------------------------------------------------


def parse_marketplace(folder: str, path: str, text: str) -> tuple[MarketplaceEntry, ...]:
    """Return the entries of the marketplace at `path`, which belongs to `folder`, that describe a plugin in that
    folder or below it."""
    tree = json_tree.parse_json(text)
    plugins = _get(tree, "plugins")
    metadata = _get(tree, "metadata")
    plugin_root = _string(metadata.value, "pluginRoot") if metadata else ""
    items = plugins.value.items if plugins and isinstance(plugins.value, Sequence) else ()
    found = (_marketplace_entry(folder, path, item, plugin_root) for item in items)
    return tuple(entry for entry in found if entry)


def _marketplace_entry(folder: str, path: str, item: Node, plugin_root: str) -> MarketplaceEntry | None:
    name, source = _string(item, "name"), _string(item, "source")
    if not isinstance(item, Mapping) or not name or not source:
        return None
    below = source if source.startswith(".") else posixpath.join(plugin_root, source) if plugin_root else ".."
    relative = posixpath.normpath(below)
    if relative.startswith(("/", "..")):
        return None
    root = folder if relative == "." else posixpath.join(folder, relative)
    listings = tuple(_find_listings(item, path, name, is_manifest=False))
    strict = _get(item, "strict")
    is_strict = not (strict and isinstance(strict.value, Scalar) and strict.value.value is False)
    entry_name = item.get("name")
    span = entry_name.report_span if entry_name else item.span
    return MarketplaceEntry(path, span, name, root, listings, is_strict)


def _find_conflict(entries: tuple[MarketplaceEntry, ...]) -> Withheld | None:
    """Return why a plugin with a manifest of its own is rejected for its entries: each of them claims to be all that
    describes it."""
    conflicts = [entry for entry in entries if entry.listings and not entry.is_strict]
    if not conflicts or len(conflicts) < len(entries):
        return None
    reason = Reason("rejected-plugin", "conflicting manifests", FILE_START, (conflicts[0].name,))
    return _rejection(reason, conflicts[0].path, conflicts[0].span)


def _get(node: Node | None, key: str) -> Entry | None:
    return node.get(key) if isinstance(node, Mapping) else None


def _string(node: Node | None, key: str) -> str:
    """Return the string at `key` of a mapping, "" if there is none."""
    entry = _get(node, key)
    is_string = entry and isinstance(entry.value, Scalar) and entry.value.type == "str"
    return entry.value.text if entry and is_string and isinstance(entry.value, Scalar) else ""
