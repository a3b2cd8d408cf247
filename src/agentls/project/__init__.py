"""What the files of a project define and refer to, and how they find one another by it."""
