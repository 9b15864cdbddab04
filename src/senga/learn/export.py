"""A trained generator to a model file, proven equal before it is written."""

import contextlib
import copy
import dataclasses
import io
import json
import logging
import math
import tempfile
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from senga import storage
from senga.color.conditioning import SIDE, TOKENS, WIDTH
from senga.errors import TrainingError
from senga.learn import colorist_export
from senga.learn.calibration import Feeds, inker_examples
from senga.learn.eight_bit_convolutions import compute_in_eight_bits
from senga.learn.eight_bits import LEAST, keep_rest, round_weights, store_weights
from senga.learn.networks.cell_blocks import parameters
from senga.learn.networks.colorist import Colorist
from senga.learn.networks.generators import input_planes, make_generator, spec_of
from senga.learn.networks.reference_encoder import Eye
from senga.learn.networks.spec import Network, Spec
from senga.model.card import KEY, Card
from senga.model.session import INPUT, OUTPUTS, Session
from senga.recipe import Recipe

TOLERANCE = 2e-3
"""Greatest allowed difference between model file and network on any pixel, in [0, 1]: half a gray level of 255."""

ROUNDING = 0.01
"""Mean difference of ink that convolutions of eight bits may bring to a line extractor. Ours: the shipped one has a
quarter of it."""

OPSET = 20

BITS = (16, 8)
"""Bits that a model file keeps large weights in."""

Module = TypeVar("Module", bound=nn.Module)


@dataclasses.dataclass(frozen=True)
class Origin:
    """What the card says of a model's making; see `Card`."""

    pairs: str
    data: str
    license_data: str
    license_weights: str
    trained: str
    steps: int
    scores: dict[str, float] = dataclasses.field(default_factory=dict)
    minutes: float = 0.0
    pictures: int = 0
    history: tuple[dict[str, Any], ...] = ()


def export(
    recipe: Recipe, generator: Network, origin: Origin, out: Path, *, bits: int = 16, force: bool = False
) -> Card:
    """Writes a model file with its card, if it agrees with the network.

    Weights are stored in half precision or in eight bits, and the network is rounded to it before the two are compared.

    Args:
        recipe: the experiment. generator: its trained network; changed to evaluation mode and rounded weights.
        origin: what the card says of the making. out: the file. force: overwrite it.
        bits: of large weights: 16, or, of line extractors alone, 8: their convolutions are then computed in eight bits.

    Raises:
        TrainingError: file and network differ by more than `TOLERANCE` anywhere, or by more than `ROUNDING` by eight
            bits; eight bits of another network; references are read by an encoder that no model file carries.
    """
    if bits == 8 and recipe.task != "lines":
        raise TrainingError(f"{out}: not written: eight bits are of line extractors and courses, not of {recipe.name}")
    if recipe.generator.encoder != "eye":
        raise TrainingError(
            f"{out}: not written: its references are read by {recipe.generator.encoder}, which is not in the package; "
            "train with encoder 'eye'"
        )
    generator = _prepared(recipe, generator)
    if bits == 8:
        generator = rounded(generator, bits)
    spec = generator.spec
    card = Card(
        name=recipe.name,
        task=recipe.task,
        encoding=recipe.hints.encoding,
        low=0.0,
        high=1.0,
        size_multiple=spec.size_multiple,
        area=working_area(recipe),
        conditions=conditions(recipe),
        recipe=json.loads(json.dumps(dataclasses.asdict(recipe))),
        parameters=parameters(generator),
        tolerance=TOLERANCE,
        answer=spec.answers[recipe.task],
        **dataclasses.asdict(origin),
    )
    if spec.stages:
        staged = cast(Colorist, generator)  # no other network of recipes has stages
        content = colorist_export.pack(_stage_graphs(staged), card.to_json())
        write_proven(content, out, lambda session: staged_difference(staged, session), force=force)
        return card
    planes = input_planes(recipe)
    model = _to_onnx(generator, planes, OUTPUTS[recipe.task])
    content = in_one_graph(model, card, generator, "generator.", bits)

    def off(session: Session) -> float:
        return difference(generator, session, planes, spec.size_multiple)

    write_rounded(model, content, out, off, bits, inker_examples, ROUNDING, force=force)
    return card


def course_card(
    name: str, task: str, network: nn.Module, spec: Spec, recipe: dict[str, Any], origin: Origin, area: int
) -> Card:
    """The card of a course's network: what it takes and answers as its `spec` says, all of it in [0, 1]."""
    return Card(
        name=name,
        task=task,
        encoding="none",
        low=0.0,
        high=1.0,
        size_multiple=spec.size_multiple,
        area=area,
        conditions=spec.conditions,
        recipe=recipe,
        parameters=parameters(network),
        tolerance=TOLERANCE,
        answer=spec.answers[task],
        stages=spec.stages,
        **dataclasses.asdict(origin),
    )


def rounded(network: Module, bits: int) -> Module:
    """A copy of a network with weights that a file of so many bits keeps exactly, in evaluation mode on the CPU.

    Raises:
        TrainingError: neither 16 bits nor 8.
    """
    if bits not in BITS:
        raise TrainingError(f"weights are stored in {' or '.join(map(str, BITS))} bits, not in {bits}")
    kept = copy.deepcopy(network).cpu().float().eval()
    if bits == 8:
        round_weights(kept)
    else:
        kept.load_state_dict(halved(kept))
    return kept


def keep_weights(models: list[onnx.ModelProto], network: nn.Module, prefix: str, bits: int) -> None:
    """Stores the weights of a network's graphs in so many bits, each under a name that training finds it by.

    Args:
        models: changed in place. network: that they were made of, after `rounded`.
        prefix: what the exporter put before the names of its weights.
    """
    for model in models:
        store_weights(model, network, prefix, coded=bits == 8)
        if bits == 16:
            halve_weights(model)
    # Large weights that are missing were folded into others, as those before a batch norm: a second copy of each would
    # double the file.
    keep_rest(models, network, math.inf if bits == 8 else LEAST)


def halved(network: nn.Module) -> dict[str, Tensor]:
    """A network's weights as a file of half precision keeps them; whole numbers as they are."""
    state = network.state_dict()
    return {k: v.half().to(v.dtype) if v.is_floating_point() else v for k, v in state.items()}


def free_sizes(multiple: int) -> dict[int, Any]:
    """Heights and widths that a graph takes: any multiples, as `traced` takes the axes of an input."""
    return {i: multiple * torch.export.Dim(name, min=1, max=1024) for i, name in ((2, "rows"), (3, "columns"))}


def in_one_graph(model: onnx.ModelProto, card: Card, network: nn.Module, prefix: str, bits: int = 16) -> bytes:
    """Content of a model file of one graph, as `traced` gives it, with its card; training can start from it.

    Args:
        model: changed in place. network: that it was made of, its weights as `rounded` leaves them.
        prefix: what the exporter put before the names of its weights. bits: of large weights, 16 or 8.
    """
    forget_traces(model)
    keep_weights([model], network, prefix, bits)
    entry = model.metadata_props.add()
    entry.key, entry.value = KEY, card.to_json()
    content: bytes = model.SerializeToString()
    return content


def write_proven(content: bytes, out: Path, difference: Callable[[Session], float], *, force: bool) -> None:
    """Writes a model file if, opened, it agrees with its network.

    Args:
        content: of the file. out: where. difference: greatest difference of the opened file from the network.

    Raises:
        TrainingError: they differ by more than `TOLERANCE`.
    """
    prove(content, out, difference, TOLERANCE)
    storage.write_new(out, content, force=force)


@contextlib.contextmanager
def opened(content: bytes) -> Iterator[Session]:
    """A model file opened that is not written yet."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "model"
        file.write_bytes(content)
        yield Session.open(file)


def write_rounded(
    model: onnx.ModelProto,
    content: bytes,
    out: Path,
    difference: Callable[[Session], float],
    bits: int,
    examples: Callable[[Session], list[Feeds]],
    most: float,
    *,
    force: bool,
) -> None:
    """Writes a model file of one graph if it agrees with its network; of 8 bits, its convolutions computed in eight.

    Args:
        model: of the file as `content` has it; changed. out: where. bits: of large weights, 16 or 8.
        difference: as `write_proven` takes it; it is asked of the exact file.
        examples: inputs as in use, for the exact file opened.
        most: mean difference of the answers to the examples that rounding may bring.

    Raises:
        TrainingError: exact file and network differ by more than `TOLERANCE`, or rounding brings more than `most`.
    """
    if bits != 8:
        write_proven(content, out, difference, force=force)
        return
    prove(content, out, difference, TOLERANCE)
    with opened(content) as session:
        given = examples(session)
        wanted = [session.run(feeds[INPUT], feeds) for feeds in given]
    compute_in_eight_bits(model, given, but_last=True)
    content = model.SerializeToString()

    def rounding(session: Session) -> float:
        pairs = zip(given, wanted, strict=True)
        return max(float(np.abs(session.run(feeds[INPUT], feeds) - answer).mean()) for feeds, answer in pairs)

    prove(content, out, rounding, most)
    storage.write_new(out, content, force=force)


def prove(content: bytes, out: Path, difference: Callable[[Session], float], most: float) -> None:
    """Refuses a model file that, opened, disagrees with its network.

    Args:
        content: of the file. out: what it is to be. difference: of the opened file from the network. most: allowed.

    Raises:
        TrainingError: they differ by more.
    """
    with opened(content) as session:
        worst = difference(session)
    if not worst <= most:
        raise TrainingError(
            f"{out}: not written: the model file differs from the network by {worst:.2g}, allowed {most}"
        )


def conditions(recipe: Recipe) -> tuple[str, ...]:
    """What a recipe's model takes besides lines."""
    hints = recipe.hints
    taken = {"hints": hints.kind != "none", "palette": hints.palettes > 0, "reference": hints.references > 0}
    return tuple(name for name, is_taken in taken.items() if is_taken)


def _stage_graphs(generator: Colorist) -> dict[str, bytes]:
    known = colorist_export.run_network(generator, colorist_export.example(5 * 16, 7 * 16, 1))
    parts = {}
    for name, (inputs, outputs) in colorist_export.NAMES.items():
        examples = tuple(torch.from_numpy(known[i]) for i in inputs)
        model = traced(
            colorist_export.Stage(generator, name), examples, list(inputs), list(outputs), colorist_export.shapes(name)
        )
        forget_traces(model)
        halve_weights(model)
        parts[name] = model.SerializeToString()
    return parts


def staged_difference(generator: Colorist, session: Session) -> float:
    """As `difference`, for a model file in stages; with palettes and references among the made drawings."""
    worst = 0.0
    for seed, (rows, columns) in enumerate(((1, 1), (2, 3), (5, 4), (6, 6))):
        given = colorist_export.example(16 * rows, 16 * columns, seed)
        wanted, got = colorist_export.run_network(generator, given), colorist_export.run_session(session, given)
        for name in ("color", "ink"):
            gap = float(np.abs(wanted[name].clip(0, 1) - got[name].clip(0, 1)).max(initial=0))
            worst = max(worst, gap if np.isfinite(got[name]).all() else float("inf"))
    return worst


def export_eye(eye: Eye, out: Path, *, force: bool = False) -> None:
    """Writes the references' frozen eye as a model file, weights in half precision."""
    eye.load_state_dict(halved(eye))
    example = torch.rand(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(0))
    model = traced(eye.eval(), (example,), ["picture"], ["tokens"], {})
    forget_traces(model)
    halve_weights(model)
    storage.write_new(out, model.SerializeToString(), force=force)


def working_area(recipe: Recipe) -> int:
    """Picture area that a model is used at, px: whole drawings are seen about as large as training pictures.

    Line extractors look at a picture's own pixels, as many at once as memory allows (ours).
    """
    if recipe.task == "lines":
        return 1088 * 1088
    if area := spec_of(recipe).area:
        return area
    if recipe.data.whole:  # a page of 3 to 4 has its shorter side as in training
        return recipe.data.size**2 * 4 // 3
    return max(256, recipe.data.size) ** 2


def difference(generator: nn.Module, session: Session, planes: int, multiple: int) -> float:
    """Greatest difference between network and model file over made drawings of several sizes, hinted and not."""
    worst = 0.0
    for seed, (rows, columns) in enumerate(((1, 1), (2, 3), (5, 4), (6, 6))):
        example = drawn_example(planes, multiple * rows, multiple * columns, seed)
        conditions = _example_conditions(session.card.conditions, seed)
        with torch.no_grad():
            wanted = (
                generator(torch.from_numpy(example), *map(torch.from_numpy, conditions.values())).clamp(0, 1).numpy()
            )
        got = session.run(example, conditions)
        worst = max(worst, float(np.abs(wanted - got).max(initial=0)) if np.isfinite(got).all() else float("inf"))
    return worst


def drawn_example(planes: int, height: int, width: int, seed: int) -> NDArray[np.float32]:
    """Planes (1, planes, H, W) like a drawing's: rings and bars of ink, and on odd seeds dots of hints."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    line = np.ones((height, width), np.float32)
    for _ in range(4):
        cy, cx, r = random.random() * height, random.random() * width, random.random() * width / 2 + 2
        line[np.abs(np.hypot(y - cy, x - cx) - r) < 1.2] = random.random() * 0.4
    example = np.zeros((1, planes, height, width), np.float32)
    example[0, 0] = line
    if planes == 3:  # colors: the drawing on a ground that changes
        example[0] = line * random.random((3, 1, 1), np.float32) * np.linspace(0.4, 1, width, dtype=np.float32)
    if planes > 3 and seed % 2:
        for _ in range(6):
            top, left = int(random.random() * height), int(random.random() * width)
            example[0, 1:4, top : top + 3, left : left + 3] = random.random((3, 1, 1))
            example[0, 4:, top : top + 3, left : left + 3] = 1
    return example


def _prepared(recipe: Recipe, generator: nn.Module) -> Network:
    """A copy with weights that half precision holds exactly, in evaluation mode and with the recipe's use."""
    copy = make_generator(recipe)
    copy.load_state_dict(halved(generator))
    copy.prepare(recipe.generator)
    return copy.eval()


def _to_onnx(generator: Network, planes: int, output: str) -> onnx.ModelProto:
    multiple = generator.spec.size_multiple
    # Odd, unequal sizes: the exporter must not take two equal numbers for one dimension.
    example = torch.from_numpy(drawn_example(planes, multiple * 5, multiple * 7, 1))
    sizes = free_sizes(multiple)
    conditions = _example_conditions(generator.spec.conditions, 1)
    if conditions:
        examples = (example, *map(torch.from_numpy, conditions.values()))
        shapes = {INPUT: sizes, **dict.fromkeys(conditions)}
        return traced(_Conditioned(generator), examples, [INPUT, *conditions], [output], shapes)
    return traced(_Named(generator), (example,), [INPUT], [output], {INPUT: sizes})


def _example_conditions(conditions: Sequence[str], seed: int) -> dict[str, NDArray[np.float32]]:
    """A made reference, by the names of a model file's inputs, for networks that take one; else nothing."""
    if "reference" not in conditions:
        return {}
    tokens = np.random.default_rng(seed).random((1, TOKENS, WIDTH), np.float32)
    return {"reference": tokens, "strength": np.full((1, 1), seed % 2, np.float32)}


def traced(
    module: nn.Module, examples: tuple[Tensor, ...], inputs: list[str], outputs: list[str], dynamic: Any
) -> onnx.ModelProto:
    """The ONNX graph of a module, of free sizes where `dynamic` names them."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        program = torch.onnx.export(
            module,
            examples,
            dynamo=True,
            input_names=inputs,
            output_names=outputs,
            dynamic_shapes=dynamic or None,
            opset_version=OPSET,
            verbose=False,
        )
    assert program is not None
    model: onnx.ModelProto = program.model_proto
    return model


class _Named(nn.Module):
    """Gives the network's argument the name that the model file's input bears."""

    def __init__(self, generator: nn.Module) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, planes: Tensor) -> Tensor:
        answer: Tensor = self.generator(planes)
        return answer


class _Conditioned(_Named):
    """The same for a network that takes a reference."""

    def forward(self, planes: Tensor, reference: Tensor, strength: Tensor) -> Tensor:  # type: ignore[override]
        answer: Tensor = self.generator(planes, reference, strength)
        return answer


def forget_traces(model: onnx.ModelProto) -> None:
    """Takes out what the exporter noted of the source: stack traces with this machine's paths, module names."""
    graph = model.graph
    for part in (model, graph, *graph.node, *graph.input, *graph.output, *graph.value_info, *graph.initializer):
        del part.metadata_props[:]
        part.doc_string = ""
    del graph.value_info[:]
    del model.functions[:]


def halve_weights(model: onnx.ModelProto) -> None:
    """Stores large weights in half precision, cast back when the file is opened: half the size, the same numbers."""
    graph = model.graph
    casts = []
    for weight in graph.initializer:
        values = onnx.numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < 1024:
            continue
        half = values.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), values):
            continue  # not a weight that was rounded before: keep it exact
        name = weight.name
        weight.CopyFrom(onnx.numpy_helper.from_array(half, name + ".half"))
        casts.append(onnx.helper.make_node("Cast", [name + ".half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
