"""Writes data/. Run as: python3 generators/generate.py, in the package's folder."""
import math
import pathlib
import random

random.seed(2)
LIMIT = 10**6


def distance(ax, ay, bx, by, lx, ly):
    dx, dy = bx - ax, by - ay
    length = dx * dx + dy * dy
    along = dx * (lx - ax) + dy * (ly - ay)
    if length == 0 or along <= 0:
        return math.hypot(lx - ax, ly - ay)
    if along >= length:
        return math.hypot(lx - bx, ly - by)
    return abs(dx * (ly - ay) - dy * (lx - ax)) / math.sqrt(length)


cases = {
    "sample/1": (0, 0, 10, 0, 3, 4),
    "sample/2": (0, 0, 10, 0, 13, 4),
    "secret/01-anchor": (5, 5, 5, 5, 8, 9),
    "secret/02-on-course": (0, 0, 6, 9, 2, 3),
    "secret/03-behind": (0, 0, 1, 1, -3, -4),
    "secret/04-ahead": (0, 0, 1, 1, 5, 6),
    "secret/05-diagonal": (0, 0, 1, 1, 1, 0),
    "secret/06-far": (-LIMIT, -LIMIT, LIMIT, LIMIT, LIMIT, -LIMIT),
    "secret/07-near-far-course": (-LIMIT, -LIMIT, LIMIT, LIMIT - 1, 0, 0),
}
for number in range(8, 16):
    limit = 10 ** random.randint(1, 6)
    cases[f"secret/{number:02}-random"] = tuple(random.randint(-limit, limit) for _ in range(6))
for name, case in cases.items():
    path = pathlib.Path("data") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{x} {y}\n" for x, y in zip(case[::2], case[1::2]))
    pathlib.Path(f"{path}.in").write_text(lines)
    pathlib.Path(f"{path}.ans").write_text(f"{distance(*case):.9f}\n")
