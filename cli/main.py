"""The console script: runs a command and turns what it raises into one clear line and an exit status."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import Any

import typer

from cli.app import make_app
from config.errors import DatelineError

BROKEN, USAGE, INTERRUPTED = 1, 2, 130


def main() -> None:
    """`dateline` as installed, and `python -m cli`."""
    # Imports make many objects and next to no garbage; to look for it took an eighth of a command's start.
    gc.set_threshold(10_000, 10, 10)
    status = run(sys.argv[1:])
    gc.freeze()  # or the interpreter, while it ends, looks for garbage in all that goes with it anyway
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run one command; the result is its exit status.

    0 done, 1 the archive or a run is not as promised (or a fault of ours), 2 wrong usage or configuration,
    3 a service could not be reached, 130 interrupted.
    """
    try:
        status = make_app().main(args=list(arguments), prog_name="dateline", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        return _usage(error)
    except (KeyboardInterrupt, typer.Abort):
        print("dateline: interrupted", file=sys.stderr)
        return INTERRUPTED
    except DatelineError as error:
        print(f"dateline: {_masked(error)}", file=sys.stderr)
        return error.exit_status
    except BrokenPipeError:
        # Whoever read our output went away; the interpreter must not trip over it again while it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN
    except Exception as error:  # noqa: BLE001 - the last place that can say something useful
        return _fault(error, traceback="--debug" in arguments)
    return status if isinstance(status, int) else 0


def _usage(error: Any) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "dateline"
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error.format_message(), file=sys.stderr)
    else:
        message = error.format_message().rstrip(".")
        print(f"{path}: {message}; `{path} --help` shows what it takes", file=sys.stderr)
    return int(error.exit_code)


def _fault(error: Exception, *, traceback: bool) -> int:
    """One line for an exception nobody foresaw."""
    if isinstance(error, OSError) and error.filename is not None:
        print(f"dateline: {error.filename}: {error.strerror or error}", file=sys.stderr)
    else:
        what = _masked(error).strip() or "no message"
        hint = "" if traceback else "; `dateline --debug …` shows the traceback"
        print(
            f"dateline: {type(error).__name__}: {what} (this is a fault of ours, please report it{hint})",
            file=sys.stderr,
        )
    if traceback:
        import traceback as tracebacks

        from config.secrets import mask_url

        print(mask_url("".join(tracebacks.format_exception(error))), file=sys.stderr, end="")
    return BROKEN


def _masked(error: Exception) -> str:
    from config.secrets import mask_url

    return mask_url(str(error))
