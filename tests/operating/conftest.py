"""The guide is followed from end to end with `make test-full`: that takes some minutes."""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("DATELINE_TEST_FULL") else ["test_guide.py"]
