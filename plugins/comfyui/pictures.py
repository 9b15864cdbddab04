"""ComfyUI's pictures and senga's: IMAGE is (B, H, W, C) float32 of 0 to 1, MASK (B, H, W); senga's are uint8, one each.

ComfyUI gives torch tensors. Nothing here imports torch: what comes as an array goes as an array, what comes as a tensor
goes as one.
"""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senga.errors import ImageError

Pixels = NDArray[np.uint8]


def pictures_of(images: Any, what: str) -> list[Pixels]:
    """Each picture of an IMAGE, (H, W, 3) or (H, W, 4) uint8.

    Raises:
        ImageError: no IMAGE; `what` names it.
    """
    values = _array(images)
    if values.ndim != 4 or values.shape[3] not in (1, 3, 4) or not values.size:
        raise ImageError(f"{what}: wanted an IMAGE, (batch, height, width, 3), not {values.shape}")
    if values.shape[3] == 1:
        values = values.repeat(3, axis=3)
    return list(_bytes(values))


def masks_of(masks: Any, what: str) -> list[Pixels]:
    """Each plane of a MASK, (H, W) uint8; one that comes as (H, W) is a batch of one.

    Raises:
        ImageError: no MASK.
    """
    values = _array(masks)
    values = values[None] if values.ndim == 2 else values
    if values.ndim != 3 or not values.size:
        raise ImageError(f"{what}: wanted a MASK, (batch, height, width), not {values.shape}")
    return list(_bytes(values))


def to_image(pictures: Sequence[Pixels], like: Any) -> Any:
    """An IMAGE (B, H, W, 3) of pictures (H, W), (H, W, 3) or (H, W, 4); of the last the alpha is left out.

    Args:
        like: what came in; a tensor or an array comes back as that is one.
    """
    planes = [p[..., :3] if p.ndim == 3 else np.repeat(p[..., None], 3, axis=2) for p in pictures]
    return _given(np.stack(planes), like)


def to_mask(planes: Sequence[Pixels], like: Any) -> Any:
    """A MASK (B, H, W) of planes (H, W)."""
    return _given(np.stack(planes), like)


def at(batch: Sequence[Any], index: int, count: int, what: str) -> Any:
    """What belongs to one picture of a batch: its own, or the only one.

    Raises:
        ImageError: neither one nor as many as pictures.
    """
    if len(batch) not in (1, count):
        raise ImageError(f"{what}: {len(batch)} of them for {count} drawings; give one, or one for each")
    return batch[index if len(batch) > 1 else 0]


def _array(values: Any) -> NDArray[Any]:
    found: NDArray[Any] = np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)
    return found


def _bytes(values: NDArray[Any]) -> Pixels:
    if not np.isfinite(values).all():
        raise ImageError("a picture with values that are no numbers; the node before it failed")
    found: Pixels = np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
    return found


def _given(pixels: Pixels, like: Any) -> Any:
    values = pixels.astype(np.float32) / np.float32(255)
    return sys.modules["torch"].from_numpy(values) if hasattr(like, "detach") else values
