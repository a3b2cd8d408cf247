"""How runtimes read agent files: the strategies, and the `Reading` that each of them returns."""
