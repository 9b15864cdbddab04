"""What a run did, as JSON."""

import json
from collections import Counter
from pathlib import Path

from senga import __version__, storage
from senga.jobs.engine import Summary


def write_report(file: Path, verb: str, summary: Summary, *, force: bool = False) -> None:
    """Writes the report.

    Args:
        file: .json. verb: what was done. summary: how it went. force: overwrite it.

    Raises:
        SengaError: existing file without `force`, or a place that cannot be written.
    """
    counts = Counter(one.status for one in summary.outcomes)
    worked = len(summary.outcomes) - counts["kept"]
    content = {
        "senga": __version__,
        "verb": verb,
        "seconds": round(summary.seconds, 3),
        "workers": summary.workers,
        "pictures_per_second": round(worked / summary.seconds, 3) if summary.seconds else None,
        "counts": {status: counts[status] for status in ("done", "kept", "skipped", "failed")},
        "archives": [{"file": f, "status": "done"} for f in summary.packed]
        + [{"file": f, "status": "failed", "reason": reason} for f, reason in summary.unpacked],
        "passed_over": summary.passed.record(),
        "files": [
            {
                "source": one.task.item.place,
                "status": one.status,
                "files": list(one.files),
                "seconds": round(one.seconds, 3),
                "reason": one.reason or None,
            }
            for one in summary.outcomes
        ],
    }
    storage.write_new(
        file, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode(errors="backslashreplace"), force=force
    )
