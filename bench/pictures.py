"""Pictures that are one: modifications, orientations, crops, and pictures that are not.

`make bench-pictures`: every picture of the corpus is measured and linked as a run does it, in an SQLite
catalog. Exit status 1 if a promise of the issue is broken: 10 of 11 modifications linked, all orientations,
no false link.
"""

from __future__ import annotations

import io
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image

from archive.catalog import picture_index
from archive.catalog.catalog import Catalog
from archive.clock import SystemClock
from archive.commit import Committer
from archive.digest import sha256_hex
from archive.journal import JournalWriter, new_writer
from archive.rows import ImageRow, PictureLinkRow
from archive.stores.local import LocalStore
from bench.corpus import corpus_folder
from bench.figures import note
from pipelines.duplicates.link_pictures import PictureLinker
from pipelines.image_answer import ImageFacts
from pipelines.image_facts import inspect_image

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
LEAST_MODIFICATIONS = 10
_TYPES = {".jpg", ".jpeg", ".png", ".gif", ".webp"}

Named = list[tuple[str, bytes]]


def main() -> int:
    """Print the tables; 1 if a promise is broken."""
    folder = corpus_folder()
    modified = _read(folder / "images_pdq" / "bridge-mods")
    turned = _read(folder / "images_exif_orientation")
    others = _read(folder / "images_18f_cc0")
    broken = []
    links, _ = link(modified)
    found = sum(links[name].first == links[modified[0][0]].first for name, _ in modified[1:])
    found_of_modified = found
    print(f"modifications linked to the original: {found} of {len(modified) - 1}")
    if found < LEAST_MODIFICATIONS:
        broken.append("modifications")
    links, _ = link(turned)
    found = len({row.first for row in links.values()})
    print(f"orientations that are one picture: {len(turned)} pictures, {found} first uses")
    if found != 1:
        broken.append("orientations")
    links, seconds = link([*others, *turned[:1], *modified[:1]])
    wrong = [(name, row) for name, row in links.items() if row.kind is not None]
    print(f"false links among {len(links)} other pictures: {len(wrong)}; linking {seconds * 1e3:.1f} ms each")
    for name, row in wrong:
        print(f"  {name} → {next(other for other in links if links[other].sha256 == row.first)} {row.kind}")
        broken.append(f"false link {name}")
    note("pictures/modifications linked", found_of_modified, beside="all", theirs=len(modified) - 1)
    note("pictures/false links", len(wrong))
    crops(others)
    for what in broken:
        print(f"BROKEN: {what}")
    return 1 if broken else 0


def crops(pictures: Named) -> None:
    """Print how many made copies of each kind are linked, and how many to a wrong picture."""
    chance = random.Random(20260321)
    known = dict(pictures)
    for kind in ("JPEG quality 20", "half size", "other shape", "margins cut", "a caption below", "any crop"):
        made = {f"{name}#": _changed(data, kind, chance) for name, data in pictures}
        links, _ = link([*known.items(), *made.items()])
        right = sum(links[name].first == links[name[:-1]].sha256 for name in made)
        wrong = sum(links[name].first not in {links[name].sha256, links[name[:-1]].first} for name in made)
        print(f"  {kind:18} {right:3} of {len(made)} linked to the original, {wrong} to another")


def _changed(data: bytes, kind: str, chance: random.Random) -> bytes:
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    width, height = picture.size
    quality = 70
    match kind:
        case "JPEG quality 20":
            quality = 20
        case "half size":
            picture = picture.resize((max(width // 2, 60), max(height // 2, 60)))
        case "other shape":
            shape = 1.0 if width / height > 1.15 else 16 / 9
            wide, high = min(width, height * shape), min(height, width / shape)
            left, top = (
                (width - wide) * chance.choice((0, 0.5, 1)),
                (height - high) * chance.choice((0, 0.5, 1)),
            )
            picture = picture.crop((int(left), int(top), int(left + wide), int(top + high)))
        case "margins cut":
            share = chance.uniform(0.03, 0.14)
            margins = int(width * share), int(height * share)
            picture = picture.crop((*margins, width - margins[0], height - margins[1]))
        case "a caption below":
            picture.paste((10, 10, 10), (0, int(height * 0.88), width, height))
        case _:
            cuts = [chance.uniform(0, 0.2) for _ in range(4)]
            box = (width * cuts[0], height * cuts[1], width * (1 - cuts[2]), height * (1 - cuts[3]))
            picture = picture.crop(tuple(int(side) for side in box))  # type: ignore[arg-type]
    stream = io.BytesIO()
    picture.save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def link(pictures: Named) -> tuple[dict[str, PictureLinkRow], float]:
    """Link pictures that were captured in this order; the rows by name, and seconds of CPU a picture."""
    rows: dict[str, ImageRow] = {}
    for number, (name, data) in enumerate(pictures):
        facts = inspect_image(data)
        if isinstance(facts, ImageFacts):
            rows[name] = ImageRow(
                sha256=sha256_hex(data), phash=facts.phash, mime=facts.mime, width=facts.width,
                height=facts.height, size=len(data), first_url=name, first_at=BEGIN + timedelta(hours=number),
                capture_id=f"{number:032x}", look=facts.look,
            )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        catalog, clock = Catalog.open(f"sqlite:///{folder}/catalog.db"), SystemClock()
        store = LocalStore(Path(folder) / "store")
        committer = Committer(store, catalog, JournalWriter(store, new_writer(clock.now()), clock), clock)
        committer.commit_rows(list(rows.values()))
        begun = time.process_time()
        PictureLinker(catalog, committer, clock).link()
        seconds = (time.process_time() - begun) / len(rows)
        found = picture_index.links(catalog, [row.sha256 for row in rows.values()])
        catalog.close()
    return {name: found[row.sha256] for name, row in rows.items()}, seconds


def _read(folder: Path) -> Named:
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _TYPES)
    return [(str(path.relative_to(folder)), path.read_bytes()) for path in paths]


if __name__ == "__main__":
    sys.exit(main())
