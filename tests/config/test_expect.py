"""What a file may expect, and whom alarms may be sent to; what is wrong is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.alarm_settings import read_address
from config.errors import ConfigError
from config.load_sources import load_source_file
from config.settings import load_settings

GOOD = "name: site\nhomepage: https://site.example/\n"


def test_everything_that_can_be_expected(tmp_path: Path) -> None:
    file = tmp_path / "site.yaml"
    file.write_text(
        GOOD + "expect:\n  articles_per_night: {min: 5, max: 400}\n  text: 0.95\n  title: 1\n  date: 0.9\n"
        "  picture: 0.5\n  freshness: 2d\n  quarantined: 0.1\n  failed: 0.05\n"
        "  failures: {dns: 0, http_403: 0.1}\n  learned: false\n"
    )
    expect = load_source_file(file).expect
    assert (expect.articles_per_night.min, expect.articles_per_night.max) == (5, 400)
    assert (expect.text, expect.title, expect.date, expect.picture) == (0.95, 1, 0.9, 0.5)
    assert (expect.freshness, expect.quarantined, expect.failed) == (172_800, 0.1, 0.05)
    assert (expect.failures, expect.learned) == ({"dns": 0, "http_403": 0.1}, False)
    file.write_text(GOOD)
    assert load_source_file(file).expect.quarantined == 0.2


WRONG = {
    "more least than most": (
        "articles_per_night: {min: 5, max: 4}",
        ["expect.articles_per_night.max: value 4: is less than min", "allowed: 5 or more"],
    ),
    "a class that is none": (
        "failures: {dsn: 0}",
        ["expect.failures: ", "names 'dsn', which is no class of failure", "did you mean 'dns'?"],
    ),
    "a bare status": ("failures: {'403': 0}", ["allowed: dns, refused, tls", "did you mean 'http_403'?"]),
    "a share over one": ("failures: {dns: 5}", ["allowed: 1 or less"]),
    "no time at all": ("freshness: 0s", ["expect.freshness: ", "allowed: more than 0"]),
    "an unknown key": ("freshnes: 2d", ["is an unknown key", "did you mean 'freshness'?"]),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said(case: str, tmp_path: Path) -> None:
    line, says = WRONG[case]
    file = tmp_path / "site.yaml"
    file.write_text(f"{GOOD}expect:\n  {line}\n")
    with pytest.raises(ConfigError) as error:
        load_source_file(file)
    for part in says:
        assert part in str(error.value)


def test_alarms_are_sent_to_references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "dateline.yaml"
    file.write_text(f"alarms: {{to: ['${{ALARM_TO}}', 'file:{tmp_path}/to'], quiet: '22:00-07:00'}}\n")
    settings = load_settings(file)
    assert settings.alarms.to == ("${ALARM_TO}", f"file:{tmp_path}/to")
    monkeypatch.setenv("ALARM_TO", "json://desk:kanarie@hook.example/")
    (tmp_path / "to").write_text("mailto://kanarie@mail.example\n")
    assert "kanarie" not in repr(settings) + str(settings.shown())
    assert [read_address(to) for to in settings.alarms.to] == [
        "json://desk:kanarie@hook.example/",
        "mailto://kanarie@mail.example",
    ]
    monkeypatch.setenv("DATELINE_ALARMS__TO", "${ONE}, file:/two")
    assert load_settings(file).alarms.to == ("${ONE}", "file:/two")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("to: ['json://desk:kanarie@hook.example/']", "alarms.to[0]: value "),
        ("to: ['json://${USER}:kanarie@hook.example/']", "which must not stand here"),
        ("to: ['file:secrets/to']", "names a file by a relative path"),
        ("quiet: '22-7'", "is no span of hours; allowed: from and until, such as 22:00-07:00"),
        ("quiet: '07:00-07:00'", "is no span of hours"),
        ("severity: info", "alarms.severity: "),
    ],
)
def test_what_is_wrong_with_alarms_is_said(line: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "dateline.yaml"
    file.write_text(f"alarms: {{{line}}}\n")
    with pytest.raises(ConfigError) as error:
        load_settings(file)
    assert says in str(error.value)
    assert "kanarie" not in str(error.value)
