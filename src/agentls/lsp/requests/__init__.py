"""The handlers of all methods, by the chapters of the LSP specification.

A handler converts the parameters, asks one feature, and converts the answer. `methods.METHODS` says which method
calls it.
"""
