"""`python -m cli`, the same as `dateline`."""

from __future__ import annotations

from cli.main import main

if __name__ == "__main__":  # worker processes import this module again
    main()
