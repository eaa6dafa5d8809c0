"""How to run: `Settings`, from `dateline.yaml` and the variables `DATELINE_*`; the only reader of both.

store: s3://news-archive/dateline            # dateline.yaml; relative paths start at its folder
network: {contact: "mailto:desk@example.org", delay: 2s}

DATELINE_NETWORK__PROXY=http://127.0.0.1:3128    # wins over the file; relative paths start at the cwd
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from config.alarm_settings import AlarmSettings
from config.cluster_settings import ClusterSettings, EngineName, check_engine
from config.compact_settings import CompactSettings
from config.explain import Origin, explain
from config.network_settings import NetworkSettings
from config.part import Part
from config.places import CatalogAddress, Folder, StoreAddress, resolve_places
from config.problems import ConfigProblems, Loc, Problem, refuse
from config.quota import QuotaSettings
from config.saved_search import SavedSearch, unique_names
from config.secrets import MASK, mask_address, mask_proxy, mask_url
from config.sections import (
    AccessRule,
    CrawlSettings,
    DuplicatesSettings,
    EvidenceSettings,
    LogSettings,
    ReplicaS3Settings,
    S3Settings,
    ScheduleSettings,
    WebSettings,
    from_json,
)
from config.variables import CONFIG_VARIABLE, PREFIX, Variables, merge, read_variables
from config.yaml_file import YamlFile, read_yaml_file

__all__ = [
    "AccessRule",
    "AlarmSettings",
    "ClusterSettings",
    "CompactSettings",
    "CrawlSettings",
    "DuplicatesSettings",
    "EvidenceSettings",
    "LogSettings",
    "NetworkSettings",
    "QuotaSettings",
    "ReplicaS3Settings",
    "S3Settings",
    "SavedSearch",
    "ScheduleSettings",
    "Settings",
    "WebSettings",
    "load_settings",
    "settings_file",
]

FILE_NAME = "dateline.yaml"


class Settings(Part, BaseSettings):
    """How to run. Made by `load_settings`; made directly, it reads neither file nor variables.

    Attributes:
        store: `file:///absolute/folder` (the path as it is, not percent-encoded) or `s3://bucket/prefix`.
        catalog: `sqlite:////absolute/file` or `postgresql+psycopg://…`; may hold a password, see `shown`.
        spool: folder of segments that are still open; absolute.
        sources: folder of source files; absolute.
        engine: what carries runs out: this machine alone, or all that Ray has.
        searches: that are watched; what they find is told.
        replica: a second store that `dateline replicate` keeps; None for none.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter="__", env_ignore_empty=True, enable_decoding=False
    )

    store: StoreAddress = Field(default_factory=lambda: f"file://{Path.cwd() / 'dateline-data' / 'archive'}")
    catalog: CatalogAddress = Field(
        default_factory=lambda: f"sqlite:///{Path.cwd() / 'dateline-data' / 'catalog.db'}"
    )
    spool: Folder = Field(default_factory=lambda: Path.cwd() / "dateline-data" / "spool")
    sources: Folder = Field(default_factory=lambda: Path.cwd() / "config" / "sources")
    s3: S3Settings = S3Settings()
    replica: StoreAddress | None = None
    replica_s3: ReplicaS3Settings = ReplicaS3Settings()
    network: NetworkSettings = Field(default_factory=NetworkSettings)
    engine: EngineName = "local"
    cluster: ClusterSettings = ClusterSettings()
    crawl: CrawlSettings = Field(default_factory=CrawlSettings)
    compact: CompactSettings = CompactSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    alarms: AlarmSettings = AlarmSettings()
    searches: Annotated[
        tuple[SavedSearch, ...], BeforeValidator(from_json), AfterValidator(unique_names)
    ] = ()
    quota: QuotaSettings = QuotaSettings()
    duplicates: DuplicatesSettings = DuplicatesSettings()
    web: WebSettings = WebSettings()
    evidence: EvidenceSettings = EvidenceSettings()
    log: LogSettings = LogSettings()

    @model_validator(mode="after")
    def _two_stores(self) -> Settings:
        if self.replica == self.store and self.replica_s3.endpoint == self.s3.endpoint:
            allowed = "another folder or bucket: a copy in the same place is none"
            raise refuse("is the store too", allowed=allowed, at=("replica",))
        return self

    @model_validator(mode="after")
    def _shared_by_machines(self) -> Settings:
        check_engine(self.engine, self.cluster, store=self.store, catalog=self.catalog)
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - pydantic-settings' signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)

    def shown(self) -> dict[str, Any]:
        """All settings as plain data for printing, with secrets masked."""
        return _plain(self)


def _plain(part: Part) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, Part):
            plain[name] = _plain(value)
        elif isinstance(value, SecretStr):
            plain[name] = mask_proxy(value.get_secret_value()) if name == "proxy" else MASK
        elif isinstance(value, Path):
            plain[name] = str(value)
        elif isinstance(value, str):
            plain[name] = mask_address(value) if name == "catalog" else mask_url(value)
        else:
            plain[name] = _listed(value) if isinstance(value, tuple) else value
    return plain


def _listed(values: tuple[Any, ...]) -> list[Any]:
    return [_plain(each) if isinstance(each, Part) else each for each in values]


def load_settings(path: Path | None = None) -> Settings:
    """Settings from a file and the environment, which wins.

    Args:
        path: the file; if None, the one that DATELINE_CONFIG names, else `dateline.yaml` in the current
            folder if there is one.

    Raises:
        ConfigProblems: (a ConfigError) with every problem of the file and of the variables, secrets masked.
    """
    here = Path.cwd()
    named = settings_file(path)
    variables, problems = read_variables(Settings)
    file: YamlFile | None = None
    if named is not None:
        try:
            file = read_yaml_file(named)
        except ConfigProblems as error:
            problems = [*error.problems, *problems]
    settings, found = _validated(file, variables, here)
    problems += found
    if settings is None or problems:
        raise ConfigProblems(problems)
    return settings


def settings_file(path: Path | None = None) -> Path | None:
    """The file that `load_settings(path)` reads, which need not exist if it was named; None for none."""
    here = Path.cwd()
    named = path or os.environ.get(CONFIG_VARIABLE)
    if named:
        return here / named
    return here / FILE_NAME if (here / FILE_NAME).exists() else None


def _validated(
    file: YamlFile | None, variables: Variables, here: Path
) -> tuple[Settings | None, list[Problem]]:
    written = merge(file.data if file else {}, variables.data)
    below_file = resolve_places(file.data, file.path.parent) if file else {}

    def origin(loc: Loc) -> Origin:
        for length in range(len(loc), 0, -1):
            if loc[:length] in variables.names:
                return Origin(variable=variables.names[loc[:length]])
        return Origin(file=file.path, line=file.line(loc)) if file else Origin()

    try:
        resolved = merge(below_file, resolve_places(variables.data, here))
        return Settings.model_validate(resolved), []
    except ValidationError as error:
        return None, list(explain(error, Settings, written, origin))
