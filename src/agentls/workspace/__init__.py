"""The file system: reading files and settings, finding agent files, indexing projects."""
