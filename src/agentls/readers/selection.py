"""Which files a runtime reads: by their place and their name, and by what they say about their readers."""

from __future__ import annotations

from fnmatch import fnmatchcase

from agentls.dialects.runtimes import Runtime
from agentls.dialects.value_schema import is_met
from agentls.readers.reading import FILE_START, FileIdentity, Reading, Reason
from agentls.text.yaml_tree import Scalar


def explain_unread_file(reading: Reading, identity: FileIdentity) -> Reason | None:
    """Return the reason why the runtime of `reading` does not read the file, or `None` if it reads it."""
    runtime = reading.runtime
    return (
        _explain_declined_file(reading)
        or _explain_folder(identity, runtime)
        or _explain_file_name(identity.file_name, runtime)
    )


def drop_unread(reading: Reading) -> Reading:
    """Return the reading of a file that the runtime does not read, as that of a file that is not loaded."""
    assert reading.unread_reason is not None, "the file is not read"
    return reading._replace(status="dropped", reasons=(reading.unread_reason,))


def _explain_folder(identity: FileIdentity, runtime: Runtime) -> Reason | None:
    place, subfolders, files = identity.place, identity.subfolders, runtime.files
    if place and not place.is_read:
        if place.moved_to:
            return Reason("unread-file", "folder not read", FILE_START, (place.folder,))
        if place.renamed_suffix:
            return Reason("unread-file", "file name not accepted", FILE_START, (f"*{place.renamed_suffix}",))
        return Reason("unread-file", "file not in its own folder", FILE_START)
    if place and not place.folder:
        return None  # It is read wherever it is.
    has_own_folder = runtime.naming.default_name == "folder"
    if len(subfolders) > has_own_folder and not files.recursive:
        return Reason("unread-file", "file in a subfolder", FILE_START, ("/".join(subfolders),))
    reserved = next((folder for folder in subfolders[:1] if folder in files.ignored_folders), None)
    if reserved:
        return Reason("unread-file", "folder reserved", FILE_START, (reserved,))
    if files.needs_own_folder and place and not (subfolders or identity.plugin):
        return Reason("unread-file", "file not in its own folder", FILE_START)
    return None


def _explain_file_name(name: str, runtime: Runtime) -> Reason | None:
    files = runtime.files
    ignoring = next((pattern for pattern in files.ignored_files if fnmatchcase(name, pattern)), None)
    if ignoring:
        return Reason("unread-file", "file name ignored", FILE_START, (ignoring,))
    accepted = not (files.accepted_files and name) or any(
        fnmatchcase(name, pattern) for pattern in files.accepted_files
    )
    return (
        None
        if accepted
        else Reason("unread-file", "file name not accepted", FILE_START, files.accepted_files)
    )


def _explain_declined_file(reading: Reading) -> Reason | None:
    """Return the reason why the runtime leaves the file to others because of what it says, or `None`."""
    condition, root = reading.runtime.declines_when, reading.root
    entry = root.get(condition.key) if condition and root else None
    if condition is None or root is None or entry is None or not is_met(condition, root):
        return None
    written = entry.value.text if isinstance(entry.value, Scalar) else ""
    return Reason("unread-file", "left to others", entry.report_span, (f"{condition.key}: {written}",))
