"""The Hint-AUC protocol's own hints and its own scores: runs in the environment of hintauc 0.3.3, without senga.

    python hint_auc.py hints FROZEN/truth FROZEN/hints
    python hint_auc.py score PAINTED/METHOD FROZEN/truth

`hints` writes for each picture NAME.npz (at 64x64: `rank`, a region's place by area, 0 = largest, ties stable; `flat`,
the regions' mean colors, RGB; `scribble` and `dot`, masks; `count`, how many regions) and, for any program to paint by,
RGBA pictures of the drawing's size in scribble/RATIO/NAME.png and dot/RATIO/NAME.png. RATIO+1 is a ratio with the next
region's hint added, to see what one more hint changes. The PNGs come out of the package's own `hint_inputs`.

`score` scores what any program painted, one folder a ratio, by the package's own evaluator.
"""

import json
import sys
from pathlib import Path

import cv2
import hintauc
import numpy as np
from hintauc.evaluate import hint_inputs

MORE = (0.0, 0.05, 0.25)
"""Ratios at which one more hint is added."""


def write_hints(truths: Path, out: Path) -> None:
    files = sorted(truths.glob("*.png"))
    if not files:
        sys.exit(f"{truths}: no PNG pictures here")
    out.mkdir(parents=True, exist_ok=True)
    for file in files:
        picture = cv2.imread(str(file))
        if picture is None:
            sys.exit(f"{file}: cannot be read")
        height, width = picture.shape[:2]
        hints = hintauc.generate_hints(str(file), path_method="geodesic")
        ids = hintauc.hints.region_ids(hints.region)
        order = hints._ids_sorted_by_area("stable")
        rank = np.zeros(ids.shape, np.int32)
        for number, region in enumerate(order):
            rank[ids == region] = number
        np.savez_compressed(
            out / f"{file.stem}.npz",
            rank=rank,
            flat=np.ascontiguousarray(hints.flatten[..., ::-1]),
            scribble=hints.scribble_mask > 0,
            dot=hints.dot_mask > 0,
            count=np.int32(len(order)),
        )
        for kind in ("scribble", "dot"):
            for ratio in hintauc.DEFAULT_ALPHAS:
                name = hintauc.alpha_dir_name(ratio)
                write_png(out / kind / name / file.name, *hint_inputs(hints, ratio, kind, height, width))
                if ratio in MORE:
                    # Just over the next whole number of regions.
                    next_ratio = min(1.0, (int(len(order) * ratio) + 1.000001) / len(order))
                    place = out / kind / f"{name}+1" / file.name
                    write_png(place, *hint_inputs(hints, next_ratio, kind, height, width))


def write_png(file: Path, color: np.ndarray, mask: np.ndarray) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    if not cv2.imwrite(str(file), np.dstack([color, mask])):
        sys.exit(f"{file}: cannot be written")


def score(painted: Path, truths: Path) -> None:
    folders = {}
    for folder in sorted(f for f in painted.iterdir() if f.is_dir()):
        try:
            folders[float(folder.name)] = str(folder)
        except ValueError:  # RATIO+1 is not part of the protocol
            continue
    evaluator = hintauc.Evaluator(metrics=("psnr", "ssim"))
    found = hintauc.evaluate_hint_curve(folders, str(truths), evaluator=evaluator, pairing="name", full_range=True)
    print(f"{found['n_images']} pictures; backend {json.dumps(evaluator.backend())}")
    print("| ratio | PSNR, dB | SSIM |\n|---|---|---|")
    for ratio in found["alphas"]:
        print(f"| {ratio:g} | {found['per_alpha'][ratio]['psnr']:.4f} | {found['per_alpha'][ratio]['ssim']:.5f} |")
    print(f"| Hint-AUC | {found['hint_auc']['psnr']:.4f} | {found['hint_auc']['ssim']:.5f} |")


if __name__ == "__main__":
    verbs = {"hints": write_hints, "score": score}
    if len(sys.argv) != 4 or sys.argv[1] not in verbs:
        sys.exit(__doc__)
    verbs[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
