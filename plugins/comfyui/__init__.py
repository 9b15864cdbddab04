"""senga's nodes for ComfyUI. This folder, or a link to it, lies in ComfyUI's `custom_nodes`."""

from .coloring import SengaColor, SengaFlats, SengaLayers
from .line_art import SengaClean, SengaLines

NODE_CLASS_MAPPINGS = {
    "SengaLines": SengaLines,
    "SengaClean": SengaClean,
    "SengaColor": SengaColor,
    "SengaFlats": SengaFlats,
    "SengaLayers": SengaLayers,
}

NODE_DISPLAY_NAME_MAPPINGS = {
    "SengaLines": "Lines from picture (senga)",
    "SengaClean": "Clean line art (senga)",
    "SengaColor": "Color line art (senga)",
    "SengaFlats": "Flat colors (senga)",
    "SengaLayers": "Color in layers (senga)",
}

__all__ = ["NODE_CLASS_MAPPINGS", "NODE_DISPLAY_NAME_MAPPINGS"]
