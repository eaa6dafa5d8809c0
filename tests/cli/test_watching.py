"""What is shown of long work while it goes on."""

from __future__ import annotations

from threading import Event

import pytest

from cli.watching import Step, _bars, _lines, steps_shown


class Looks(Event):
    """An event that is over after so many looks, none of which waits."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.left = looks

    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        self.left -= 1
        return self.left < 0


def test_a_line_a_look_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    done = iter(range(9))
    _lines(lambda: f"import: {next(done)} records read", Looks(2))
    assert capsys.readouterr().err == "import: 0 records read\nimport: 1 records read\n"


def test_a_bar_comes_when_its_total_is_known(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # a terminal, says rich
    states = iter([(0, 0), (0, 0), (0, 2), (1, 2)])

    def steps() -> tuple[Step, Step]:
        done, total = next(states)
        return Step("reading records", 5, 9), Step("reading articles", done, total)

    _bars(steps, Looks(1))
    assert "reading articles" not in capsys.readouterr().err
    _bars(steps, Looks(1))
    assert "reading articles" in capsys.readouterr().err


def test_it_ends_with_the_work() -> None:
    with pytest.raises(ValueError, match="broken"), steps_shown(lambda: (), lambda: "far"):
        raise ValueError("broken")
