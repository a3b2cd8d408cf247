"""What a runtime makes of a text: the strategies by which runtimes read, and the reading that comes of it."""
