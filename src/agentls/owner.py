"""What the owner of the project fills in before the first release. Everything else takes it from here.

Empty means that nothing has been published yet: the package names no addresses, the documentation links to no
repository, and diagnostics link to the pages in the package.
"""

PUBLISHER = ""
"""The publisher of the VS Code extension, as registered in the Marketplace and in Open VSX."""

REPOSITORY = ""
"""The address of the repository, without a slash at the end, as in `https://github.com/OWNER/agentls`."""

SITE = ""
"""The address of the documentation, without a slash at the end."""
