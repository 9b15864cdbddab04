"""The processes of one run: how they find each other, who leads, and what becomes of them when one is lost.

There are four ways to be started: alone; once on this machine, where the others are started from here; once on each
node, with the variables below set; every process by someone else, torchrun, srun or Ray. lightning-fabric knows them.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning_fabric.plugins.environments.slurm import SLURMEnvironment
from lightning_fabric.plugins.environments.torchelastic import TorchElasticEnvironment
from lightning_fabric.strategies.ddp import DDPStrategy
from lightning_fabric.utilities.exceptions import MisconfigurationException
from torch import Tensor, distributed

from senga.errors import TrainingError

NODE = ("MASTER_ADDR", "MASTER_PORT", "NODE_RANK")
"""What has to be said on each node: address and a free port of the first, and which this one is, from 0."""

PATIENCE = timedelta(minutes=10)
"""How long the processes wait for each other; the leading one's validation is the longest wait. Ours."""

PARENT = "SENGA_PARENT"


def join(devices: int, nodes: int) -> Fabric:
    """The place of this process in the run; the others are started, or found.

    Args:
        devices: processes on each node. nodes: machines. Neither counts where a process group stands already, as in
            Ray's workers, or in the second run of a process.

    Raises:
        TrainingError: not so many devices; a node that was not told its place; other processes than were asked for.
    """
    own: int | list[int] = devices
    given = Given() if distributed.is_initialized() else None
    if given:  # Fabric is told of as many nodes, each with the one device that is set already
        own = [torch.cuda.current_device()] if torch.cuda.is_available() else 1
        nodes = given.world_size()
        several = nodes > 1
    else:
        _check(devices, nodes)
        several = devices * nodes > 1
    strategy = DDPStrategy(cluster_environment=given, timeout=PATIENCE) if several else "auto"
    try:
        # Fabric's own mixed precision would hand the network bf16 inputs; the geometry needs them exact.
        fabric = Fabric(strategy=strategy, devices=own, num_nodes=nodes, precision="32-true")
    except MisconfigurationException as error:
        raise TrainingError(f"--devices {devices}: {str(error).strip().splitlines()[0]}") from error
    if several:
        _follow_parent()
        os.environ[PARENT] = str(os.getpid())
        logging.getLogger("lightning_fabric").setLevel(logging.WARNING)  # or it tells of every process that comes
        fabric.launch()
    return fabric


def leads() -> bool:
    """Whether this process is the one that speaks and writes for all."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


def gather(own: Tensor, device: torch.device) -> list[Tensor]:
    """A tensor of each process, by rank; all call this at once, with tensors of one size, each on its device."""
    if not distributed.is_initialized():
        return [own]
    here = own.to(device)
    found = [torch.empty_like(here) for _ in range(distributed.get_world_size())]
    distributed.all_gather(found, here)
    return [other.cpu() for other in found]


@contextmanager
def one_line_if_lost() -> Iterator[None]:
    """Turns what torch raises about other processes into a line for a person.

    Raises:
        TrainingError: another process ended or does not answer.
    """
    try:
        yield
    except RuntimeError as error:
        text = str(error)
        if not isinstance(error, distributed.DistError) and "gloo" not in text.lower():
            raise
        reason = text.strip().splitlines()[0]
        raise TrainingError(
            f"another process of this run ended or does not answer ({reason}); see what it says,"
            " then start all again: the run goes on from its checkpoint"
        ) from error


class Given(ClusterEnvironment):
    """A process group that stands already, each process with one device of its own."""

    @property
    def creates_processes_externally(self) -> bool:
        """Always: nobody is left to start."""
        return True

    @property
    def main_address(self) -> str:
        return os.environ.get("MASTER_ADDR", "")

    @property
    def main_port(self) -> int:
        return int(os.environ.get("MASTER_PORT", 0))

    @staticmethod
    def detect() -> bool:
        return distributed.is_initialized()

    def world_size(self) -> int:
        return distributed.get_world_size()

    def set_world_size(self, size: int) -> None:
        """Stands already."""

    def global_rank(self) -> int:
        return distributed.get_rank()

    def set_global_rank(self, rank: int) -> None:
        """Stands already."""

    def local_rank(self) -> int:
        return 0

    def node_rank(self) -> int:
        return distributed.get_rank()


def _check(devices: int, nodes: int) -> None:
    asked = devices * nodes
    for kind, name in ((TorchElasticEnvironment, "torchrun"), (SLURMEnvironment, "srun")):
        if kind.detect():
            found = kind().world_size()
            if found != asked:
                raise TrainingError(
                    f"{name} started {found} processes, --devices {devices} --nodes {nodes} are {asked};"
                    " let both say the same"
                )
            return
    if nodes == 1:
        return
    missing = [name for name in NODE if not os.environ.get(name)]
    if missing:
        raise TrainingError(
            f"--nodes {nodes}: {', '.join(missing)} missing; on each node set {', '.join(NODE)}; torchrun and srun do"
        )
    for name in NODE[1:]:
        if not os.environ[name].isdigit():
            raise TrainingError(f"--nodes {nodes}: {name} is '{os.environ[name]}'; give a number")
    if int(os.environ["NODE_RANK"]) >= nodes:
        raise TrainingError(f"--nodes {nodes}: NODE_RANK is {os.environ['NODE_RANK']}; it counts from 0 to {nodes - 1}")


def _follow_parent() -> None:
    """A process that another one of the run started does not outlive it: it would wait for it in vain."""
    parent = os.environ.get(PARENT)
    if parent != str(os.getppid()):
        return

    def follow() -> None:
        while os.getppid() == int(parent):
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
