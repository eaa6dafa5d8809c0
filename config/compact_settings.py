"""How `dateline compact` packs segments."""

from __future__ import annotations

from pydantic import Field, model_validator

from config.part import Part
from config.problems import refuse
from config.units import Bytes, Seconds

_MIB = 1024**2
_DAY = 86_400.0


class CompactSettings(Part):
    """Settings under `compact`.

    Attributes:
        after: seconds since a segment was sealed before which it is left as it is.
        level: of zstd; above 15 little is gained and much time spent.
        dictionary: bytes of a segment's dictionary at most, 0 for none; readers must take 8 MiB and no more.
        segment_bytes: bytes of records in a new segment, about, before they are packed.
    """

    after: Seconds = 7 * _DAY
    level: int = Field(default=12, ge=1, le=19)
    dictionary: Bytes = Field(default=4 * _MIB, le=8 * _MIB)
    segment_bytes: Bytes = Field(default=64 * _MIB, ge=_MIB, le=1024 * _MIB)

    @model_validator(mode="after")
    def _dictionary_below_segment(self) -> CompactSettings:
        if self.dictionary > self.segment_bytes:
            raise refuse("is more than compact.segment_bytes", allowed="less than that", at=("dictionary",))
        return self
