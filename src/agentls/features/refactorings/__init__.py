"""Refactorings: code actions that an author asks for, where nothing is wrong.

Each is a function that yields what can be done at a selection. It is tried out first: every runtime that reads the
file reads the result as before, apart from what the refactoring is meant to change.
"""
