"""`python -m cli.demo_site`: serve the demo's news web for a person to click through."""

from __future__ import annotations

import argparse
from threading import Event

from cli.demo_site.nights import NIGHTS
from cli.demo_site.server import DemoSite


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m cli.demo_site", description=__doc__)
    parser.add_argument("--port", type=int, default=8300, help="port on 127.0.0.1 (default: 8300)")
    parser.add_argument(
        "--night", type=int, choices=NIGHTS, default=1, help="the night to begin with (default: 1)"
    )
    options = parser.parse_args()
    with DemoSite(options.port, options.night, switchable=True) as demo:
        print(f"Open http://127.0.0.1:{demo.port}/ and choose a site and a night. Ctrl+C ends.")
        try:
            Event().wait()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
