"""What the server has done, in the text format that Prometheus reads."""

import sys
from collections.abc import Iterable

from senga import __version__
from senga.web.server import Server

KIND = "text/plain; version=0.0.4; charset=utf-8"
"""Content-Type of the format. Source: Prometheus, "Exposition formats"."""


def as_text(server: Server) -> str:
    """All metrics; counters begin at 0 with the server."""
    tallies = server.works.tallies
    model = server.colorizer.session.card.name
    outcomes = [(lane, name, getattr(t, name)) for lane, t in tallies.items() for name in ("done", "refused", "failed")]
    known = [
        ("info", "gauge", "1; what runs is told by the labels.", [(f'version="{__version__}",model="{model}"', 1)]),
        ("drawings", "gauge", "Drawings that are kept.", [("", len(server.store))]),
        ("drawings_bytes", "gauge", "Bytes that they need, estimated.", [("", server.store.size)]),
        ("painting_channels", "gauge", "Open painting channels.", [("", server.seats)]),
        ("uploads_bytes", "gauge", "Bytes that are being received.", [("", server.intake.there)]),
        (
            "works_total",
            "counter",
            "JobQueue by lane and by what became of them.",
            [(f'lane="{lane}",outcome="{name}"', count) for lane, name, count in outcomes],
        ),
        (
            "works_seconds_total",
            "counter",
            "Seconds from asked to answered, of works that were done.",
            [(f'lane="{lane}"', round(t.seconds, 6)) for lane, t in tallies.items()],
        ),
        (
            "works_under_way",
            "gauge",
            "JobQueue that were asked for and are not answered yet.",
            [(f'lane="{lane}"', t.there) for lane, t in tallies.items()],
        ),
        ("memory_peak_bytes", "gauge", "Most memory that the process has held; 0: not known.", [("", _peak())]),
    ]
    return "".join(_family(*family) for family in known)


def _peak() -> int:
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _family(name: str, kind: str, about: str, values: Iterable[tuple[str, float]]) -> str:
    lines = [f"# HELP senga_{name} {about}", f"# TYPE senga_{name} {kind}"]
    lines += [f"senga_{name}{{{labels}}} {value}" if labels else f"senga_{name} {value}" for labels, value in values]
    return "\n".join(lines) + "\n"
