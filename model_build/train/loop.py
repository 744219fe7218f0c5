"""A training run from its settings to the finished adapter."""

from __future__ import annotations

import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from accelerate import PartialState

from ..adapter import TRAINING, training_of
from ..checkpoint import Checkpoint, open_checkpoint
from ..data import licences_of, load_pairs, pairs_digest
from ..node import ROOT
from . import preference, snapshot
from .errors import TrainError
from .examples import Example, ExampleReader, require_room
from .journal import Journal, duration
from .model import LoraShape, Student, tame_memory
from .order import plan_steps
from .rows import Row
from .schedule import Schedule
from .settings import Settings
from .workers import Workers

TEST_SETS = ROOT / "eval" / "sets"
BETAS = (0.9, 0.99)
ADAPTER = "adapter"
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

Say = Callable[[str], None]


def train(settings: Settings, run: Path, *, resume: bool = False, say: Say = print) -> Path | None:
    """Train an adapter.

    Args:
        settings: of the run.
        run: its folder.
        resume: go on from its newest checkpoint.
        say: shows lines of progress.

    Returns:
        The folder of the finished adapter, or None where the run was interrupted and saved.

    Raises:
        CheckpointError, DataError, TrainError: with what is wrong and what to do.
    """
    try:
        return _Run(settings, run, resume, say).go()
    except OSError as error:
        raise TrainError(
            f"The run stops, since a file could not be read or written ({error}). Once that is "
            "mended, it continues from its last checkpoint with: "
            f"python -m model_build train --resume {run}"
        ) from error


def _wants_cpu() -> bool:
    """Whether to stay on the CPU: there is no GPU, or `accelerate launch --cpu` asks for it."""
    asked = os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("1", "true", "yes")
    return asked or not torch.cuda.is_available()


@dataclass
class _Sums:
    """What one thread's rows come to: summed losses, gradients, and choices that improved."""

    loss: float = 0.0
    preference: float = 0.0
    better: int = 0
    gradients: list[torch.Tensor] | None = None

    def add(self, other: _Sums) -> None:
        self.loss += other.loss
        self.preference += other.preference
        self.better += other.better
        if self.gradients is None:
            self.gradients = other.gradients
        elif other.gradients is not None:
            torch._foreach_add_(self.gradients, other.gradients)


class _Run:
    def __init__(self, settings: Settings, run: Path, resume: bool, say: Say) -> None:
        self.begun = time.monotonic()
        tame_memory()
        self.settings, self.run = settings, run
        self.machine = PartialState(cpu=_wants_cpu())
        self.is_main = self.machine.is_main_process
        run.mkdir(parents=True, exist_ok=True)
        self.journal = Journal(run, say, silent=not self.is_main)
        self.last = snapshot.newest(run, self.journal.say) if resume else None
        self.step = self.last.step if self.last else 0
        self.tokens = self.last.tokens if self.last else 0
        self.earlier = self.last.seconds if self.last else 0.0
        self.nll: float | None = None
        self.stop = False
        self.measuring = 0.0  # seconds that a measurement takes
        checkpoint = open_checkpoint(settings.model, random_weights=settings.random_weights)
        with self.machine.main_process_first():
            self._read(checkpoint)
        self.schedule = Schedule(
            settings.learning_rate,
            settings.warmup,
            settings.decay,
            settings.final_rate,
            len(self.plan),
            None if settings.minutes is None else settings.minutes * 60,
        )
        self.workers = Workers(self.machine, settings.workers, settings.row_tokens)
        self.student = self._student(checkpoint)
        self.optimizer = torch.optim.AdamW(
            self.student.parameters(), betas=BETAS, weight_decay=settings.weight_decay, fused=True
        )
        self.preference = self._preference()
        if self.last:
            snapshot.restore(self.last, self.student, self.optimizer)

    @property
    def seconds(self) -> float:
        """Time that the run has taken, earlier parts included."""
        return self.earlier + time.monotonic() - self.begun

    def _read(self, checkpoint: Checkpoint) -> None:
        """The plan of the steps, and the held examples."""
        settings, context = self.settings, checkpoint.config.context
        reader = ExampleReader(checkpoint, self.run / "prompt")
        for source in settings.data:
            if TEST_SETS in Path(source.path).resolve().parents:
                raise TrainError(f"{source.path} is a test set, which is never trained on.")
        pairs = [load_pairs(Path(source.path)) for source in settings.data]
        losers = None
        if settings.preference:
            ids = {pair.id for file in pairs for pair in file}
            losers = preference.losers_of(settings.preference, ids)
        files = []
        self.about: list[dict[str, Any]] = []
        for source, file in zip(settings.data, pairs, strict=True):
            path = Path(source.path)
            kept = self._fitting(reader.read(path, losers, self._reading(path)), path, context)
            files.append((kept, source.epochs))
            digest = pairs_digest(file)
            self.about.append(
                {
                    "name": path.name,
                    "epochs": source.epochs,
                    "pairs": len(kept),
                    "sha256": digest,
                    "licences": licences_of(file),
                }
            )
        plan = plan_steps(
            files,
            settings.batch_tokens,
            seed=settings.seed,
            in_order=settings.in_order,
            rejected=settings.rejected if losers else 0,
        )
        if settings.steps is not None:
            plan = list(itertools.islice(itertools.cycle(plan), settings.steps))
        self.plan = plan
        self.held: list[Example] = []
        if settings.held:
            path = Path(settings.held)
            self.held = self._fitting(reader.read(path), path, context)[: settings.held_pairs]

    def _reading(self, path: Path) -> Callable[[int, int], None]:
        said = time.monotonic()

        def progress(done: int, total: int) -> None:
            nonlocal said
            if time.monotonic() - said > 10:
                said = time.monotonic()
                self.journal.say(f"{path}: {done} of {total} pairs read")

        return progress

    def _fitting(self, examples: list[Example], path: Path, context: int) -> list[Example]:
        """The examples without those that are too long; one rejected text is counted in."""
        most = self.settings.max_tokens
        kept = [e for e in examples if most is None or e.offer(0, 0).tokens <= most]
        if left := len(examples) - len(kept):
            self.journal.say(
                f"{path}: {left} of {len(examples)} pairs have over {most} tokens "
                "and are left out (--max-tokens)"
            )
        if not kept:
            raise TrainError(f"{path}: no pair is left to train on.")
        require_room(kept, context)
        return kept

    def _student(self, checkpoint: Checkpoint) -> Student:
        settings = self.settings
        adapter = Path(settings.init_adapter) if settings.init_adapter else None
        if self.last:
            adapter = self.last.folder / snapshot.ADAPTER
        dtype = settings.dtype
        if dtype == "auto":
            dtype = "float32" if self.machine.device.type == "cpu" else "bfloat16"
        return Student(
            checkpoint,
            LoraShape(settings.rank, settings.alpha, settings.rslora),
            adapter=adapter,
            dtype=DTYPES[dtype],
            device=self.machine.device,
            seed=settings.seed,
            quantization=settings.quantization,
            threads=self.workers.threads,
        )

    def _preference(self) -> preference.Preference | None:
        settings = self.settings
        if not settings.preference:
            return None
        if self.last:
            margins = preference.kept_margins(self.run)
        else:
            self.journal.say("Measuring the rejected texts before the first step")
            margins = preference.measure_margins(self.student, self.workers, self.plan)
            if self.is_main:
                preference.keep_margins(self.run, margins)
        return preference.Preference(settings.preference_weight, settings.beta, margins)

    def go(self) -> Path | None:
        """Train until the plan is done, the time is up, or someone stops the run."""
        self._tell_start()
        if self.step == 0:
            self._measure()
        now = saved = held = self._agree()
        last = 0.0
        with self._signals():
            while not self._is_over(now, last) and not self.stop:
                self._step(now)
                now, last = self._agree(), self.seconds - now
                if now - held >= self.settings.held_minutes * 60:
                    self._measure()
                    held = now = self._agree()
                if now - saved >= self.settings.save_minutes * 60:
                    self._save()
                    saved = now = self._agree()
            self._save()
        if self.stop and not self._is_over(now, last):
            self.journal.say(
                f"Stopped and saved after step {self.step}. To go on: "
                f"python -m model_build train --resume {self.run}"
            )
            return None
        return self._finish()

    def _agree(self) -> float:
        """The first process's clock, for all; and whether any of them was told to stop."""
        clock = self.seconds if self.machine.process_index == 0 else 0.0
        now, stop = self.workers.add_up_numbers([clock, self.stop])
        self.stop = bool(stop)
        return now

    def _is_over(self, now: float, last: float) -> bool:
        """Whether no step as long as the last one fits before the last measurement."""
        return self.schedule.is_over(self.step, now, last + self.measuring)

    def _step(self, now: float) -> None:
        begun = time.monotonic()
        rate = self.schedule.rate(self.step, now)
        examples = self.plan[self.step]
        total = sum(example.losses for example in examples)
        choices = sum(len(example.rejected) for example in examples)
        sums = self._gradients(examples, total, choices)
        parameters = self.student.parameters()
        for parameter, gradient in zip(parameters, sums.gradients or [], strict=True):
            parameter.grad = gradient
        norm = float(torch.nn.utils.clip_grad_norm_(parameters, self.settings.clip))
        if not norm < float("inf"):
            raise TrainError(
                f"The gradient of step {self.step + 1} is not finite. Lower --learning-rate and "
                "begin anew, from an earlier adapter if there is one (--init-adapter)."
            )
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.student.refresh()
        tokens = sum(example.tokens for example in examples)
        self.step += 1
        self.tokens += tokens
        done = self.schedule.progress(self.step, self.seconds)
        preferred = {}
        if choices:
            preferred = {"preference": sums.preference / choices, "better": sums.better / choices}
        self.journal.step(
            step=self.step,
            steps=len(self.plan),
            examples=len(examples),
            tokens=self.tokens,
            loss=sums.loss / total,
            **preferred,
            rate=rate,
            norm=norm,
            tokens_per_second=tokens / (time.monotonic() - begun),
            seconds=self.seconds,
            seconds_left=self.seconds * (1 - done) / done,
        )

    def _gradients(self, examples: Sequence[Example], total: int, choices: int) -> _Sums:
        """Losses of a step, and the gradients of their mean over all processes' rows."""
        parameters = self.student.parameters()

        def work(rows: Iterator[Row]) -> _Sums:
            sums = _Sums()
            for row in rows:
                losses = self.student.losses(row)
                written = losses[: row.written].sum()
                aim, found = written / total, _Sums(written.item())
                if self.preference and row.choices:
                    loss, better = self.preference.loss(row, losses)
                    aim = aim + self.preference.weight * loss / choices
                    found = _Sums(written.item(), loss.item(), better)
                found.gradients = list(torch.autograd.grad(aim, parameters))
                sums.add(found)
            return sums

        sums = _Sums()
        for part in self.workers.map(work, examples):
            sums.add(part)
        if sums.gradients is None:
            sums.gradients = [torch.zeros_like(parameter) for parameter in parameters]
        sums.gradients = self.workers.add_up(sums.gradients)
        values = (sums.loss, sums.preference, sums.better)
        sums.loss, sums.preference, sums.better = self.workers.add_up_numbers(values)
        return sums

    def _measure(self) -> None:
        """Mean NLL of the held pairs' note tokens, if there are any."""
        if not self.held:
            return
        begun = time.monotonic()

        @torch.no_grad()
        def work(rows: Iterator[Row]) -> float:
            return sum(float(self.student.losses(row).sum()) for row in rows)

        (loss,) = self.workers.add_up_numbers([sum(self.workers.map(work, self.held))])
        self.nll = loss / sum(example.losses for example in self.held)
        self.journal.note("held", step=self.step, nll=self.nll, pairs=len(self.held))
        self.journal.say(f"held-out NLL {self.nll:.4f} after step {self.step}")
        self.measuring = time.monotonic() - begun

    def _save(self) -> None:
        if self.is_main and self.step and not (self.last and self.last.step == self.step):
            state = {"step": self.step, "seconds": self.seconds, "tokens": self.tokens}
            folder = snapshot.save(self.run, self.student, self.optimizer, **state)
            self.last = snapshot.Snapshot(folder, **state)
            self.journal.note("save", step=self.step, folder=str(folder))
            self.journal.plot()
        self.machine.wait_for_everyone()

    def _finish(self) -> Path:
        self._measure()
        folder = self.run / ADAPTER
        if self.is_main:
            self.student.save(folder, DTYPES[self.settings.adapter_dtype])
            start = self.settings.init_adapter
            about = {
                "base": Path(self.settings.model).name,
                "settings": self.settings.recipe() | asdict(self.student.shape),
                "data": self.about,
                "continues": training_of(Path(start)) if start else None,
                "steps": self.step,
                "tokens": self.tokens,
                "minutes": round(self.seconds / 60, 1),
                "held_nll": self.nll,
            }
            text = json.dumps(about, indent=1) + "\n"
            (folder / TRAINING).write_text(text, encoding="utf-8")
            self.journal.note("end", step=self.step, seconds=self.seconds)
            self.journal.plot()
        self.machine.wait_for_everyone()
        self.journal.say(f"{folder} trained in {duration(self.seconds)}")
        return folder

    def _tell_start(self) -> None:
        tokens = sum(e.tokens for step in self.plan for e in step)
        notes = sum(e.losses for step in self.plan for e in step)
        limit = self.settings.minutes
        self.journal.say(
            f"{len(self.plan)} steps, {tokens:,} tokens ({notes:,} of notes)"
            + (f", {limit:g} minutes at most" if limit else "")
            + (f"; going on after step {self.step}" if self.last else "")
        )
        self.journal.note(
            "start",
            step=self.step,
            steps=len(self.plan),
            tokens=tokens,
            threads=self.workers.threads,
            processes=self.machine.num_processes,
            parameters=sum(p.numel() for p in self.student.parameters()),
        )

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM end the run after the step that is being computed."""

        def ask(number: int, _: FrameType | None) -> None:
            if self.stop:
                raise KeyboardInterrupt
            self.stop = True
            self.journal.say("Stopping after this step; once more to stop at once.")

        names = (signal.SIGINT, signal.SIGTERM)
        try:
            before = {name: signal.signal(name, ask) for name in names}
        except ValueError:  # not in the main thread
            yield
            return
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)
