"""Definitions and references in the files of a project, their index, and what follows from it."""
