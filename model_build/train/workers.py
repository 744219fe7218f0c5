"""Rows computed side by side: one thread a core, one row a thread.

A matrix product over a row of tokens is too small to be shared well between cores: threads that
share it wait for each other at its end, the more so on a machine that does other things too. Whole
rows need no waiting. Every thread works with the same weights, and which rows it gets depends on
nothing but the rows, so sums have one order and a run can be repeated to the bit.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import torch
from accelerate import PartialState
from accelerate.utils import gather_object, reduce

from .examples import Example
from .order import share_out
from .rows import Row, make_row, pack

Result = TypeVar("Result")


class Workers:
    """The threads of one process, and its part of the rows of all processes.

    Args:
        machine: the processes that share the rows, as `accelerate` knows them.
        threads: of this process on a CPU, or None for one a core; elsewhere it has one.
        most: tokens that may be in work at a time. A longer row is computed alone.
    """

    def __init__(self, machine: PartialState, threads: int | None, most: int) -> None:
        self.threads = 1
        if machine.device.type == "cpu":
            self.threads = max(1, threads or usable_cores() // machine.num_processes)
            torch.set_num_threads(1)
        self._device, self._most = machine.device, most
        self._processes, self._index = machine.num_processes, machine.process_index
        self._busy = 0
        self._change = threading.Condition()

    def map(
        self, work: Callable[[Iterator[Row]], Result], examples: Sequence[Example]
    ) -> list[Result]:
        """What `work` makes of each thread's rows, in the order of the threads."""
        count = self.threads * self._processes
        even = -(-sum(e.tokens for e in examples) * 9 // (8 * count))
        shares = share_out(pack(examples, min(even, self._most // self.threads)), count)
        first = self._index * self.threads
        mine = shares[first : first + self.threads]
        if self.threads == 1:
            return [work(self._rows(mine[0]))]
        with ThreadPoolExecutor(
            self.threads, initializer=torch.set_num_threads, initargs=(1,)
        ) as p:
            return list(p.map(lambda share: work(self._rows(share)), mine))

    def add_up(self, tensors: list[torch.Tensor]) -> list[torch.Tensor]:
        """Sums over all processes, of tensors that each of them has in the same shapes."""
        if self._processes == 1:
            return tensors
        flat = reduce(torch.cat([tensor.flatten() for tensor in tensors]), "sum")
        parts = flat.split([tensor.numel() for tensor in tensors])
        return [part.view_as(tensor) for part, tensor in zip(parts, tensors, strict=True)]

    def add_up_numbers(self, values: Sequence[float]) -> list[float]:
        """As `add_up`, for numbers."""
        summed = self.add_up([torch.tensor(values, dtype=torch.float32, device=self._device)])
        return list(values) if self._processes == 1 else summed[0].tolist()

    def gather(self, found: dict[str, float]) -> dict[str, float]:
        """What all processes found, by name."""
        if self._processes == 1:
            return found
        merged: dict[str, float] = {}
        for part in gather_object([found]):
            merged |= part
        return merged

    def _rows(self, share: Sequence[Sequence[Example]]) -> Iterator[Row]:
        """The rows of a share, each when there is room for it, until the next one is asked for."""
        for examples in share:
            row = make_row(examples).to(self._device)
            with self._change:
                self._change.wait_for(
                    lambda row=row: not self._busy or self._busy + row.tokens <= self._most
                )
                self._busy += row.tokens
            try:
                yield row
            finally:
                with self._change:
                    self._busy -= row.tokens
                    self._change.notify_all()


def usable_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
