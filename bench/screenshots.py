"""Pictures of the main pages, of the demo's material alone, for README and docs: `make screenshots`.

    python -m bench.screenshots [--folder docs/screenshots] [--demo FOLDER]

Makes a demo archive if `--demo` names none, serves it on free ports, and has Chromium draw each page.
"""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tempfile
from html import unescape
from pathlib import Path

from PIL import Image

from archive.opening import open_archive
from archive.views.source_files import SourceFiles
from config.settings import load_settings
from tests.web.pages.page_browser import Served, served

ARTICLE = re.compile(r"/article/([0-9a-f]{32})/compare\?to=3")
VIEW = re.compile(r'"(/view/[^"]+)"')
QUALITY = 70  # of WebP
TALL = 1000  # pixels of a page that are shown


def shots(site: Served) -> list[tuple[str, str, int, str]]:
    """(name, path, width, colours) of each picture."""
    with site.page(1280) as page:
        page.goto("/")
        found = ARTICLE.search(page.content())
    if found is None:
        raise SystemExit("the demo's last night has no edited article: is this a demo of three nights?")
    article = f"/article/{found[1]}"
    with site.page(1280) as page:
        page.goto(f"{article}/1")
        view = VIEW.search(page.content())
    if view is None:
        raise SystemExit("the article's page has no link to the page as it was")
    return [
        ("last-night", "/", 1280, "light"),
        ("article", article, 1280, "light"),
        ("compare", f"{article}/compare?from=1&to=3", 1280, "light"),
        ("archived-page", unescape(view[1]), 1280, "light"),
        ("front-pages", "/fronts", 1280, "light"),
        ("pictures-dark", "/pictures", 1280, "dark"),
        ("source", "/sources/harbour-courier", 1280, "light"),
        ("search", "/search?q=ferry&which=all", 1280, "dark"),
        ("last-night-phone", "/", 390, "dark"),
    ]


def draw(site: Served, folder: Path) -> None:
    """Write each picture as WebP."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, path, width, colours in shots(site):
        with site.page(width, colours) as page:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            drawn = Image.open(io.BytesIO(page.screenshot(full_page=True)))
        shown = drawn.convert("RGB").crop((0, 0, drawn.width, min(drawn.height, TALL)))
        out = folder / f"{name}.webp"
        shown.save(out, quality=QUALITY, method=6)
        print(f"{out}  {shown.width}x{shown.height}  {out.stat().st_size / 1000:.0f} kB")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("docs/screenshots"))
    parser.add_argument("--demo", type=Path, help="folder of a demo that was made before")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        demo = asked.demo or Path(scratch) / "demo"
        if asked.demo is None:
            subprocess.run([sys.executable, "-m", "cli", "demo", "--keep", str(demo)], check=True)
        settings = load_settings(demo / "dateline.yaml")
        archive = open_archive(settings)
        try:
            with served(archive, SourceFiles(settings.sources)) as site:
                draw(site, asked.folder)
        finally:
            archive.close()


if __name__ == "__main__":
    main()
