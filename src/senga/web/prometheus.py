"""What the server has done, for Prometheus."""

import sys
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from senga import __version__
from senga.web.server import Server

KIND = CONTENT_TYPE_PLAIN_0_0_4
"""Content-Type of `as_text`."""


def registry(server: Server) -> CollectorRegistry:
    """The metrics of one server, counters from 0; a registry of its own, so that two in one process stay apart."""
    found = CollectorRegistry()
    found.register(_Figures(server))
    return found


def as_text(found: CollectorRegistry) -> bytes:
    """All metrics in the text format that Prometheus reads."""
    return generate_latest(found)


class _Figures(Collector):
    """What the server counts anyway, read when it is asked for: nothing is counted twice."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def collect(self) -> Iterator[Metric]:
        server, gauge, counter = self.server, GaugeMetricFamily, CounterMetricFamily
        info = gauge("senga_info", "1; what runs is told by the labels.", labels=["version", "model"])
        info.add_metric([__version__, server.colorizer.session.card.name], 1)
        yield info
        yield gauge("senga_drawings", "Drawings that are kept.", len(server.store))
        yield gauge("senga_drawings_bytes", "Bytes that they need, estimated.", server.store.size)
        yield gauge("senga_painting_channels", "Open painting channels.", server.seats)
        yield gauge("senga_uploads_bytes", "Bytes that are being received.", server.intake.there)
        works = counter("senga_works", "Works by lane and by what became of them.", labels=["lane", "outcome"])
        about = "Seconds from asked to answered, of works that were done."
        seconds = counter("senga_works_seconds", about, labels=["lane"])
        about = "Works that were asked for and are not answered yet."
        under_way = gauge("senga_works_under_way", about, labels=["lane"])
        for lane, tally in server.works.tallies.items():
            for outcome in ("done", "refused", "failed"):
                works.add_metric([lane, outcome], getattr(tally, outcome))
            seconds.add_metric([lane], tally.seconds)
            under_way.add_metric([lane], tally.there)
        yield from (works, seconds, under_way)
        yield gauge("senga_memory_peak_bytes", "Most memory that the process has held; 0: not known.", _peak())


def _peak() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
