"""Read last by the process that others are forked from: what stands there by then is for good.

`gc.freeze` keeps it out of all collections, which would go through it in each worker and copy its pages.
Rings are rare in what a page leaves, too: who inherits that looks for them less often.
"""

from __future__ import annotations

import gc

_COLLECT_AFTER = 20_000  # new objects

gc.collect()
gc.freeze()
gc.set_threshold(_COLLECT_AFTER, *gc.get_threshold()[1:])
