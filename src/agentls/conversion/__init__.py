"""The conversion of an agent from one format to another: what its file means, and the file that means the same."""
