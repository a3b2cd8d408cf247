"""Starts the agentls that lies beside this file, with any Python that is new enough.

The text must be one that old versions of Python can read, so that they can say that they are old.
"""

import os
import sys

if sys.version_info < (3, 10):
    sys.exit("Python 3.10 or newer is needed, this is %s" % sys.version.split()[0])

HERE = os.path.dirname(os.path.abspath(__file__))
TAG = "cp%d%d" % sys.version_info[:2]
sys.path[:0] = [os.path.join(HERE, TAG), os.path.join(HERE, "lib")]

try:
    import pyromark  # noqa: F401  What is built for one Python and one system fails here, not later.
    import yaml  # noqa: F401
except ImportError as error:
    sys.exit("this extension has no parts for %s on this system (%s)" % (TAG, error))

from agentls.cli.main import main  # noqa: E402

sys.exit(main())
