"""Plots as inline SVG, coloured by the page's own style sheet."""

from collections.abc import Sequence
from html import escape

import numpy as np

_ROW, _LEFT, _WIDTH, _TOP, _BOTTOM = 34, 210, 760, 8, 30


def intervals(rows: Sequence[tuple[str, float, float, float]], title: str) -> str:
    """Means with their intervals, one row a system.

    Args:
        rows: name, mean, low, high; on one scale.
        title: what a screen reader says.
    """
    low, high = min(r[2] for r in rows), max(r[3] for r in rows)
    axis = _Axis(low, high)
    parts = []
    for index, (name, mean, left, right) in enumerate(rows):
        y = _TOP + _ROW * index + _ROW / 2
        told = f"{name}: {mean:.1f} ({left:.1f} to {right:.1f})"
        parts.append(
            f"<g><title>{escape(told)}</title>{_name(name, y)}"
            f'<line class="interval" x1="{axis.x(left):.1f}" x2="{axis.x(right):.1f}" '
            f'y1="{y}" y2="{y}"/><circle class="mean" cx="{axis.x(mean):.1f}" cy="{y}" r="5"/></g>'
        )
    return _svg(axis, parts, len(rows), title)


def distributions(rows: Sequence[tuple[str, Sequence[float]]], title: str) -> str:
    """Every case as a dot over a box from the lower to the upper quartile with the median.

    Args:
        rows: name and values of one system; on one scale.
        title: what a screen reader says.
    """
    every = [value for _, values in rows for value in values]
    axis = _Axis(min(every), max(every))
    parts = []
    for index, (name, values) in enumerate(rows):
        y = _TOP + _ROW * index + _ROW / 2
        first, middle, third = np.quantile(values, (0.25, 0.5, 0.75))
        told = f"{name}: median {middle:.1f}, quartiles {first:.1f} and {third:.1f}"
        dots = "".join(
            f'<circle class="case" cx="{axis.x(v):.1f}" cy="{y + _jitter(i):.1f}" r="2.5"/>'
            for i, v in enumerate(values)
        )
        parts.append(
            f"<g><title>{escape(told)}</title>{_name(name, y)}"
            f'<rect class="box" x="{axis.x(first):.1f}" y="{y - 11}" '
            f'width="{max(1, axis.x(third) - axis.x(first)):.1f}" height="22" rx="3"/>{dots}'
            f'<line class="median" x1="{axis.x(middle):.1f}" x2="{axis.x(middle):.1f}" '
            f'y1="{y - 11}" y2="{y + 11}"/></g>'
        )
    return _svg(axis, parts, len(rows), title)


def _jitter(index: int) -> float:
    """The same small offset for a case in every plot."""
    return (index * 7 % 9 - 4) * 2


class _Axis:
    """A linear scale with round ticks around a range of values."""

    def __init__(self, low: float, high: float) -> None:
        span = (high - low) or 1.0
        step = 10 ** np.floor(np.log10(span))
        self.step = next(
            float(s) for s in (step / 5, step / 2, step, step * 2) if span / s <= 7 or s == step * 2
        )
        self.low = np.floor(low / self.step) * self.step
        self.high = np.ceil(high / self.step) * self.step
        if self.low == self.high:
            self.high = self.low + self.step

    def x(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return _LEFT + share * (_WIDTH - _LEFT - 20)

    def ticks(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + i * self.step for i in range(count + 1)]


def _name(name: str, y: float) -> str:
    short = name if len(name) <= 30 else f"{name[:29]}…"
    return f'<text class="name" x="{_LEFT - 12}" y="{y + 4}">{escape(short)}</text>'


def _svg(axis: _Axis, parts: list[str], rows: int, title: str) -> str:
    height = _TOP + rows * _ROW + _BOTTOM
    bottom = height - _BOTTOM
    grid = "".join(
        f'<line class="grid" x1="{axis.x(t):.1f}" x2="{axis.x(t):.1f}" y1="{_TOP}" y2="{bottom}"/>'
        f'<text class="tick" x="{axis.x(t):.1f}" y="{bottom + 18}">{t:g}</text>'
        for t in axis.ticks()
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{escape(title)}">'
        f"{grid}{''.join(parts)}</svg>"
    )
