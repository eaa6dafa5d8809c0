"""What is answered about a picture's bytes, apart from what decodes them."""

from __future__ import annotations

from dataclasses import dataclass

MAX_PIXELS = 50_000_000  # what a decode may cost: 50 megapixels are 150 MB of RGB


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """Facts of a picture that could be decoded.

    Attributes:
        mime: by content, whatever the server said.
        width, height: pixels as displayed (EXIF orientation applied).
        phash: 64-bit DCT perceptual hash of the displayed first frame, 16 hex digits.
        look: what other pictures are compared with, as `pipelines.duplicates.look` encodes it.
        caption, credit: as the file itself says in IPTC or EXIF; None if it says nothing.
    """

    mime: str
    width: int
    height: int
    phash: str
    look: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class ImageRefused:
    """Why a picture was not taken.

    Attributes:
        reason: `empty`, `svg`, `unknown_format`, `too_small`, `too_many_pixels`, `undecodable`; from a
            worker also `image_crashed`, `image_timeout`, `image_memory`.
    """

    reason: str
