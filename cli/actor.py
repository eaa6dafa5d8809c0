"""Who gave a command: the name that stands in the audit rows of what it changed."""

from __future__ import annotations

import getpass


def user_name() -> str:
    """The login name; `unknown` where the system has none for this user id, as in some containers."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"
