"""Writes data/. Run as: python3 generators/generate.py, in the package's folder."""
import pathlib
import random

random.seed(1)
LIMIT = 10**18
cases = {
    "sample/1": (2, 3),
    "sample/2": (-7, 4),
    "secret/01-zero": (0, 0),
    "secret/02-over-32-bits": (2**31 - 1, 1),
    "secret/03-largest": (LIMIT, LIMIT),
    "secret/04-smallest": (-LIMIT, -LIMIT),
    "secret/05-cancel": (-LIMIT, LIMIT),
}
for number in range(6, 11):
    cases[f"secret/{number:02}-random"] = tuple(random.randint(-LIMIT, LIMIT) for _ in range(2))
for name, (a, b) in cases.items():
    path = pathlib.Path("data") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(f"{path}.in").write_text(f"{a} {b}\n")
    pathlib.Path(f"{path}.ans").write_text(f"{a + b}\n")
