"""`python -m relayburn.cli`: the same as `burn`."""

from __future__ import annotations

import sys

from relayburn.cli import main

sys.exit(main())
