"""One agent file: its dialect and readers, everything derived from its text, and edits of it."""
