"""`/metrics` for Prometheus: the archive's vitals, read at each scrape, and what this process answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from starlette.requests import Request
from starlette.responses import Response

from archive.views.viewer import Viewer
from archive.views.vitals import Vitals, vitals
from web.traffic import Traffic

_MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Metrics:
    """The endpoint."""

    viewer: Viewer
    traffic: Traffic

    def answer(self, request: Request) -> Response:
        """In the form that the scraper asks for; OpenMetrics or Prometheus text."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(_Collector(vitals(self.viewer)))
        registry.register(self.traffic)
        encode, media_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), headers={"Content-Type": media_type})


@dataclass(frozen=True, slots=True, eq=False)
class _Collector:
    """Every value as a gauge: the catalog says what is, and a rebuild or an expiry may lessen it."""

    found: Vitals

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """All families."""
        yield from self._sources()
        yield from self._archive()

    def _sources(self) -> Iterator[GaugeMetricFamily]:
        outcomes = _family("last_run_urls", "URLs of a source's last run.", "source", "outcome", "reason")
        seconds = _family("last_run_duration_seconds", "How long a source's last run took.", "source")
        finished = _family("last_run_timestamp_seconds", "When a source's last run ended.", "source")
        success = _family(
            "last_success_timestamp_seconds", "When a source's last run ended whose sums match.", "source"
        )
        size = _family("last_run_bytes", "Bytes of payloads that came in a source's last run.", "source")
        took = _family(
            "last_run_phase_seconds",
            "How long the steps of a source's last run took; quantile 1 is the longest.",
            *("source", "phase", "quantile"),
        )
        spent = _family("last_run_phase_total_seconds", "The same, all together.", "source", "phase")
        times = _family("last_run_phase_times", "How often each step was done.", "source", "phase")
        for each in self.found.sources:
            size.add_metric([each.source], each.bytes)
            for row in each.phases:
                for share, micros in (("0.5", row.median), ("0.95", row.p95), ("1", row.longest)):
                    took.add_metric([each.source, row.name, share], micros / _MICRO)
                spent.add_metric([each.source, row.name], row.total / _MICRO)
                times.add_metric([each.source, row.name], row.count)
            for (outcome, reason), count in sorted(each.outcomes.items()):
                outcomes.add_metric([each.source, outcome, reason], count)
            seconds.add_metric([each.source], each.seconds)
            finished.add_metric([each.source], each.finished_at.timestamp())
            if each.last_success is not None:
                success.add_metric([each.source], each.last_success.timestamp())
        yield from (outcomes, seconds, finished, success, size, took, spent, times)

    def _archive(self) -> Iterator[GaugeMetricFamily]:
        sizes = _family("segment_bytes", "Size of the WARC files in the store.", "kind")
        counts = _family("segments", "WARC files in the store.", "kind")
        for kind, size in self.found.segment_bytes.items():
            sizes.add_metric([kind], size)
            counts.add_metric([kind], self.found.segments[kind])
        alarms = _family("alarm", "1 for each alarm that is open.", "source", "kind", "severity")
        for subject, kind, severity in sorted({(a.subject, a.kind, a.severity) for a in self.found.alarms}):
            alarms.add_metric([subject, kind, severity], 1)
        sealed = _family("newest_segment_timestamp_seconds", "When the newest segment was sealed.", "kind")
        for kind, at in self.found.sealed.items():
            sealed.add_metric([kind], at.timestamp())
        yield from (sizes, counts, sealed, alarms)
        if self.found.applied is not None:
            applied = _family("catalog_timestamp_seconds", "Moment of the newest entry in the catalog.")
            applied.add_metric([], self.found.applied.timestamp())
            yield applied
        for name, said, value in (
            ("runs_running", "Runs that have not ended.", self.found.running),
            ("urls_waiting", "URLs of these runs that wait to be fetched.", self.found.waiting),
            ("run_requests_waiting", "Runs that were asked for and have not begun.", self.found.asked),
            ("previews_waiting", "Previews that were asked for and are not answered.", self.found.previews),
            ("versions_unindexed", "Versions that are not searchable yet.", self.found.unindexed),
        ):
            family = _family(name, said)
            family.add_metric([], value)
            yield family


def _family(name: str, said: str, *labels: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"dateline_{name}", said, labels=labels)
