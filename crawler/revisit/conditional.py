"""Whether a host is asked on condition (RFC 9110, 13): where it has honoured that (pure).

Many news sites give validators and answer 200 with the same article all the same, since something around it
differs each time. Such a host is asked plainly, but for one request in fifty.
"""

from __future__ import annotations

from archive.rows import HostRow

_TRIALS = 20
_LEAST_SHARE = 0.02
_PROBE = 50


def honours(row: HostRow | None, passed_over: int) -> bool:
    """Whether the next request to a host is sent with its validators.

    Args:
        row: how it answered so far: `asked` counts requests on condition for pages that turned out unchanged.
        passed_over: requests that could have been conditional and were not, since it was asked last.
    """
    if row is None or row.asked < _TRIALS or row.honoured >= _LEAST_SHARE * row.asked:
        return True
    return passed_over + 1 >= _PROBE
