"""Whether the processor computes in bfloat16: what has it in software alone takes a hundred times as long."""

import torch


def has_bf16() -> bool:
    """Whether networks are trained in bfloat16 on this processor."""
    return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
