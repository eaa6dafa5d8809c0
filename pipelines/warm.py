"""Read last by the process that workers are forked from: what stands there by then is for good.

`gc.freeze` keeps it out of all collections, which would go through it in each worker and copy its pages.
"""

from __future__ import annotations

import gc

gc.collect()
gc.freeze()
