"""Benchmarks: agentls beside the least that a server or a loop can do, in the same run."""
