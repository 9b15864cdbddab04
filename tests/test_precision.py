"""How networks are computed while they learn."""

import pytest
import torch

from senga.learn import precision
from senga.recipe import Training


@pytest.mark.parametrize("there", [True, False])
def test_auto_is_bf16_where_the_processor_has_it(there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "has_bf16", lambda: there)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert precision.in_half(Training(precision="auto")) is there
    assert precision.in_half(Training(precision="bf16"))
    assert not precision.in_half(Training(precision="fp32"))


def test_planes_lie_in_plain_order_only_where_a_processor_computes_in_full_precision() -> None:
    cpu, gpu = torch.device("cpu"), torch.device("cuda")
    assert precision.laid_out(cpu, half=False) == torch.contiguous_format
    assert precision.laid_out(cpu, half=True) == precision.laid_out(gpu, half=False) == torch.channels_last
