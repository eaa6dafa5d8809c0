"""Settings that are right: defaults, the file, the environment over it, relative paths, secrets."""

import os
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError
from ruamel.yaml import YAML

from config.network_settings import CONTACT_NOT_SET
from config.settings import NetworkSettings, Settings, load_settings
from config.version import dateline_version

MIB = 1024 * 1024


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder and an environment without our variables."""
    for name in [name for name in os.environ if name.upper().startswith("DATELINE_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def test_without_file_and_variables_everything_has_its_default(here: Path) -> None:
    settings = load_settings()
    assert settings.store == f"file://{here}/dateline-data/archive"
    assert settings.catalog == f"sqlite:///{here}/dateline-data/catalog.db"
    assert settings.spool == here / "dateline-data" / "spool"
    assert settings.sources == here / "config" / "sources"
    assert (settings.s3.endpoint, settings.s3.region) == (None, None)
    assert (settings.replica, settings.replica_s3.endpoint, settings.replica_s3.profile) == (None, None, None)
    network = settings.network
    assert (network.proxy, network.ca_file, network.hosts_file) == (None, None, None)
    assert (network.timeout, network.connect_timeout, network.delay) == (60.0, 15.0, 1.0)
    assert (network.max_page_bytes, network.max_image_bytes) == (32 * MIB, 20 * MIB)
    assert (network.max_header_bytes, network.max_redirects, network.retries) == (256 * 1024, 8, 2)
    assert (network.concurrency, network.concurrency_per_host) == (32, 1)
    assert network.unresolved_through_proxy
    assert (settings.crawl.window, settings.crawl.worker_memory) == ("auto", 360 * MIB)
    assert settings.crawl.workers >= 1
    assert (settings.crawl.segment_bytes, settings.crawl.segment_seconds) == (256 * MIB, 60.0)
    assert settings.crawl.extract_timeout == 30.0
    assert list(settings.crawl.revisit) == sorted(settings.crawl.revisit)
    assert (settings.schedule.grace_hours, settings.schedule.tick) == (24.0, 30.0)
    assert (settings.log.level, settings.log.format) == ("info", "console")


def test_the_user_agent_names_program_version_and_contact() -> None:
    assert NetworkSettings().user_agent == f"Dateline/{dateline_version()} (+{CONTACT_NOT_SET})"
    assert NetworkSettings().contact_is_default
    told = NetworkSettings(contact="desk@press.example")
    assert told.user_agent == f"Dateline/{dateline_version()} (+desk@press.example)"
    assert not told.contact_is_default
    named = NetworkSettings(contact="https://press.example/bot", user_agent="PressBot/2")
    assert named.user_agent == "PressBot/2 (+https://press.example/bot)"
    whole = NetworkSettings(
        contact="https://press.example/bot", user_agent="PressBot/2 https://press.example/bot"
    )
    assert whole.user_agent == "PressBot/2 https://press.example/bot"


def test_the_file_is_read_and_the_environment_wins(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "dateline.yaml").write_text(
        "store: s3://news-archive/dateline/\n"
        "s3: {endpoint: 'http://127.0.0.1:8333', region: eu-central-1}\n"
        "network:\n"
        "  delay: 500ms\n"
        "  timeout: 2m\n"
        "  max_page_bytes: 8MiB\n"
        "crawl: {revisit: [1, 7], window: 8}\n"
        "log:\n"
    )
    monkeypatch.setenv("DATELINE_NETWORK__DELAY", "3s")
    monkeypatch.setenv("DATELINE_CRAWL__REVISIT", "0.5, 2,30")
    monkeypatch.setenv("dateline_log__level", "debug")
    monkeypatch.setenv("DATELINE_CRAWL__WINDOW", "")  # as if it were not set
    for ours in ("DATELINE_CORPUS", "DATELINE_SHARED", "DATELINE_TEST_FULL"):
        monkeypatch.setenv(ours, "/somewhere")  # no setting, but ours
    settings = load_settings()
    assert settings.store == "s3://news-archive/dateline"
    assert (settings.s3.endpoint, settings.s3.region) == ("http://127.0.0.1:8333", "eu-central-1")
    assert (settings.network.delay, settings.network.timeout) == (3.0, 120.0)
    assert settings.network.max_page_bytes == 8 * MIB
    assert (settings.crawl.revisit, settings.crawl.window) == ((0.5, 2.0, 30.0), 8)
    assert (settings.log.level, settings.log.format) == ("debug", "console")


def test_relative_paths_start_at_the_file_or_at_the_current_folder(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "etc"
    elsewhere.mkdir()
    (elsewhere / "hosts").write_text("192.0.2.1 a.example\n")
    (elsewhere / "site.yaml").write_text(
        "store: file://./archive\nreplica: file:copy\n"
        "catalog: sqlite:///var/catalog.db\nspool: ../spool\nsources: sites\n"
        "network: {hosts_file: hosts}\n"
    )
    settings = load_settings(elsewhere / "site.yaml")
    assert settings.store == f"file://{elsewhere}/archive"
    assert settings.replica == f"file://{elsewhere}/copy"
    assert settings.catalog == f"sqlite:///{elsewhere}/var/catalog.db"
    assert settings.spool == tmp_path / "spool"
    assert settings.sources == elsewhere / "sites"
    assert settings.network.hosts_file == elsewhere / "hosts"

    monkeypatch.setenv("DATELINE_CONFIG", "../etc/site.yaml")
    monkeypatch.setenv("DATELINE_STORE", "file:archive")
    monkeypatch.setenv("DATELINE_CATALOG", "sqlite:////srv/catalog.db")
    monkeypatch.setenv("DATELINE_SPOOL", "spool")
    monkeypatch.setenv("DATELINE_SOURCES", "~/sites")
    monkeypatch.setenv("HOME", "/home/reader")
    settings = load_settings()
    assert settings.store == f"file://{here}/archive"
    assert settings.catalog == "sqlite:////srv/catalog.db"
    assert settings.spool == here / "spool"
    assert settings.sources == Path("/home/reader/sites")
    assert settings.network.hosts_file is not None
    assert settings.network.hosts_file.samefile(elsewhere / "hosts")


def test_a_given_path_wins_over_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.yaml").write_text("log: {level: error}\n")
    monkeypatch.setenv("DATELINE_CONFIG", str(tmp_path / "missing.yaml"))
    assert load_settings(tmp_path / "a.yaml").log.level == "error"


@pytest.mark.parametrize(
    "catalog",
    [
        "postgresql+psycopg://dateline:{secret}@db.example:5432/dateline",
        "postgresql+psycopg://dateline@/dateline?host=/run/postgresql&password={secret}",
    ],
)
def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch, catalog: str) -> None:
    secret = "canary-8d1f"
    monkeypatch.setenv("DATELINE_CATALOG", catalog.format(secret=secret))
    monkeypatch.setenv("DATELINE_NETWORK__PROXY", f"http://reader:{secret}@127.0.0.1:3128/")
    settings = load_settings()
    assert settings.network.proxy is not None
    assert settings.network.proxy.get_secret_value() == f"http://reader:{secret}@127.0.0.1:3128"
    assert settings.catalog == catalog.format(secret=secret)
    for text in (repr(settings), str(settings), f"{settings.network}", str(settings.shown())):
        assert secret not in text
    assert settings.shown()["network"]["proxy"] == "http://***@127.0.0.1:3128"
    assert settings.shown()["catalog"] == catalog.format(secret="***")


def test_what_is_shown_can_be_written_and_read_back(here: Path) -> None:
    settings = Settings(
        store="s3://news-archive",
        network=NetworkSettings(contact="desk@press.example", proxy=SecretStr("http://127.0.0.1:3128")),
    )
    with (here / "dateline.yaml").open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(settings.shown(), file)
    assert load_settings() == settings


def test_settings_made_directly_read_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATELINE_LOG__LEVEL", "debug")
    assert Settings().log.level == "info"


def test_settings_are_frozen_and_closed() -> None:
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.store = "s3://other"
    with pytest.raises(ValidationError, match="Extra inputs"):
        NetworkSettings.model_validate({"poxy": "x"})
