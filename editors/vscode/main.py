"""Runs the agentls bundled beside this file, with any supported Python.

Old versions of Python must be able to parse this file, so that they can report that they are too old.
"""

import os
import sys

if sys.version_info < (3, 10):
    sys.exit("Python 3.10 or newer is required; this is %s" % sys.version.split()[0])

HERE = os.path.dirname(os.path.abspath(__file__))
TAG = "cp%d%d" % sys.version_info[:2]
sys.path[:0] = [os.path.join(HERE, TAG), os.path.join(HERE, "lib")]

try:
    import yaml  # noqa: F401  A package built for another Python or platform fails here, not later.

    if os.path.isdir(sys.path[0]):
        import pyromark  # noqa: F401  The package for all platforms has a parser in Python instead.
except ImportError as error:
    sys.exit("the bundled server does not support %s on this platform (%s)" % (TAG, error))

from agentls.cli.main import main  # noqa: E402

sys.exit(main())
