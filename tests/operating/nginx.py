"""The real nginx, told to keep to a folder; any user may start it there."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

_MAIN = """\
{user}pid {folder}/nginx.pid;
error_log stderr;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


def nginx_program() -> str:
    """Where nginx is; Debian puts it where only root looks, and `make proxy` beside the interpreter."""
    unpacked = Path(sys.prefix) / "nginx" / "usr" / "sbin"
    found = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin:{unpacked}")
    if found is None:
        raise FileNotFoundError("no nginx on the PATH: `make proxy` brings one")
    return found


def main_file(folder: Path) -> str:
    """The text of an `nginx.conf` that keeps everything in `folder` and takes in its `conf.d`."""
    return _MAIN.format(folder=folder, user="user root;\n" if os.geteuid() == 0 else "")
