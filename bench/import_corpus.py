"""Imports every public WARC and WACZ file of the corpus with the normal command, and tells what became of it.

    python -m bench.import_corpus [--keep FOLDER]

All go into one archive, one after the other, each by a process of its own. Printed for each file: how many of
its captures are new, were there already, or stood in it again; which records were passed over; and for each
that was refused its offset and the reason. At the end `dateline verify` looks at the archive. Exit status 1
if an import did not end as it should, nothing was kept of all files, or the archive is not as promised.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.corpus import corpus_or_none

ROOT = Path(__file__).resolve().parents[1]
_ENDINGS = (".warc", ".warc.zst", ".warc.lz4", ".arc", ".wacz", ".bad", ".wat", ".wet")
_FINE = {0, 1}  # 1: records were refused


def public_files(corpus: Path) -> list[Path]:
    """The files that others wrote, good and bad."""
    found = (path for path in corpus.glob("warc_*/**/*") if path.is_file())
    return sorted(path for path in found if path.name.removesuffix(".gz").endswith(_ENDINGS))


def main() -> int:
    """Parse the arguments and import."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--keep", type=Path, help="a new folder for the archive")
    options = parser.parse_args()
    if (corpus := corpus_or_none()) is None:
        return 0
    with TemporaryDirectory() as scratch:
        folder = options.keep.resolve() if options.keep else Path(scratch) / "work"
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            parser.error(f"--keep {folder}: the folder is there already; name a new one")
        return _import_all(corpus, public_files(corpus), folder)


def _import_all(corpus: Path, files: list[Path], folder: Path) -> int:
    config = folder / "dateline.yaml"
    config.write_text(
        f"store: {(folder / 'archive').as_uri()}\ncatalog: sqlite:///{folder / 'catalog.db'}\n"
        f"spool: {folder / 'spool'}\nsources: {folder / 'sources'}\ncrawl: {{workers: 1}}\n"
    )
    kept = refused = crashed = 0
    for path in files:
        done = _dateline(config, "import", "--json", str(path))
        print(path.relative_to(corpus))
        if done.returncode not in _FINE or not done.stdout:
            crashed += 1
            print(f"    DID NOT END AS IT SHOULD, status {done.returncode}: {done.stderr.strip()[-2000:]}")
            continue
        summary = json.loads(done.stdout)
        kept, refused = kept + summary["captures"], refused + len(summary["refused"])
        _print(summary)
    verified = _dateline(config, "verify")
    print(f"\n{len(files)} files: {kept:,} captures kept, {refused:,} records refused, {crashed} crashes")
    print(f"dateline verify: exit status {verified.returncode}\n{verified.stdout.strip()}")
    return 0 if kept and not crashed and verified.returncode == 0 else 1


def _dateline(config: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = "import sys; from cli.main import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, "--config", str(config), *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def _print(summary: dict[str, Any]) -> None:
    known, repeated = summary["known"], summary["repeated"]
    print(f"    kept {summary['captures']:,}; {known:,} there already, {repeated:,} more than once in it")
    for what, number in summary["passed_over"].items():
        print(f"    passed over: {number:,} {what}")
    for outcome, number in summary["pages"].items():
        print(f"    pages: {number:,} {outcome}")
    offsets: dict[str, list[str]] = {}
    for one in summary["refused"]:
        offsets.setdefault(one["reason"], []).append(str(one["offset"]))
    for reason, places in offsets.items():
        print(f"    refused at {', '.join(places)}: {reason}")


if __name__ == "__main__":
    sys.exit(main())
