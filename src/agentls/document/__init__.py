"""One file with everything that follows from its text and its place."""
