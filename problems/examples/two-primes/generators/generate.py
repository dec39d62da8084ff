"""Writes data/. Run as: python3 generators/generate.py, in the package's folder."""
import pathlib
import random

random.seed(3)
LIMIT = 10**6
is_prime = bytearray([1]) * (LIMIT + 1)
is_prime[0] = is_prime[1] = 0
for number in range(2, 1001):
    if is_prime[number]:
        is_prime[number * number :: number] = bytes(len(range(number * number, LIMIT + 1, number)))


def answer(n):
    p = next(p for p in range(2, n) if is_prime[p] and is_prime[n - p])
    return f"{p} {n - p}"


def even(limit):
    return 2 * random.randint(2, limit // 2)


cases = {
    "sample/1": [4, 10, 100],
    "secret/01-small": list(range(4, 204, 2)),
    "secret/02-largest": list(range(LIMIT - 400, LIMIT + 1, 2)),
    "secret/03-random": [even(10_000) for _ in range(1000)],
    "secret/04-random": [even(LIMIT) for _ in range(1000)],
}
for name, numbers in cases.items():
    path = pathlib.Path("data") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [str(len(numbers)), *map(str, numbers)]
    pathlib.Path(f"{path}.in").write_text("\n".join(lines) + "\n")
    pathlib.Path(f"{path}.ans").write_text("\n".join(map(answer, numbers)) + "\n")
