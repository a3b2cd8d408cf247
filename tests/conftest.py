"""Shared by all tests; `harness` lies beside the tests, so that they can import it."""
