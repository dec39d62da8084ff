"""Writes data/. Run as: python3 generators/generate.py, in the package's folder."""
import pathlib
import random

random.seed(6)
LIMIT = 10**6
f = [1, 1]
while len(f) <= LIMIT:
    f.append((f[-1] + f[-2]) % (10**9 + 7))
cases = {
    "sample/1": [4, 6, 50],
    "secret/01-empty": [0],
    "secret/02-small": list(range(100)),
    "secret/03-longest": [LIMIT],
    "secret/04-random": [random.randint(0, 1000) for _ in range(100)],
    "secret/05-random": [random.randint(0, LIMIT) for _ in range(100)],
}
for name, lengths in cases.items():
    path = pathlib.Path("data") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(f"{path}.in").write_text("\n".join(map(str, [len(lengths), *lengths])) + "\n")
    pathlib.Path(f"{path}.ans").write_text("".join(f"{f[n]}\n" for n in lengths))
