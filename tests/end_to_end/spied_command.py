"""The `dateline` command with a spy on every connect of its process.

`python spied_command.py LOG PUBLIC PORT words…`: connects to the address PUBLIC go to this machine instead,
so that a site of the test can stand on a public address. Every other address that a socket is told to connect
to is a line of LOG, whatever came of it.
"""

from __future__ import annotations

import sys
from asyncio.selector_events import BaseSelectorEventLoop
from typing import Any

HERE = "127.0.0.1"


def _spy(log: str, public: str, port: int) -> None:
    connect = BaseSelectorEventLoop.sock_connect

    async def sock_connect(loop: Any, sock: Any, address: tuple[Any, ...]) -> Any:
        return await connect(loop, sock, (HERE, port) if address[:2] == (public, port) else address)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][:2] != (HERE, port):
            with open(log, "a", encoding="utf-8") as stream:  # noqa: PTH123 - an audit hook calls little
                stream.write(f"{arguments[1][0]} {arguments[1][1]}\n")

    BaseSelectorEventLoop.sock_connect = sock_connect  # type: ignore[assignment,method-assign]
    sys.addaudithook(hook)


if __name__ == "__main__":
    _spy(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    sys.argv = ["dateline", *sys.argv[4:]]
    from cli.main import main

    main()
