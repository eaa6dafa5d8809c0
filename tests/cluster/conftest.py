"""Processes that are killed and cut off: these run with `make test-cluster` and `make test-full`."""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("DATELINE_TEST_FULL") else ["test_fetchers.py", "test_token.py"]
