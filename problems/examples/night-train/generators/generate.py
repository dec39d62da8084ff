"""Writes data/. Run as: python3 generators/generate.py, in the package's folder."""
import heapq
import pathlib
import random

random.seed(4)


def solve(n, tracks):
    near = [[] for _ in range(n + 1)]
    for a, b, t in tracks:
        near[a].append((b, t))
        near[b].append((a, t))
    arrival = {}
    queue = [(0, 1)]
    while queue:
        time, city = heapq.heappop(queue)
        if city not in arrival:
            arrival[city] = time
            for other, t in near[city]:
                heapq.heappush(queue, (time + t, other))
    return arrival.get(n, -1)


def random_tracks(n, m, longest):
    return [(random.randint(1, n), random.randint(1, n), random.randint(1, longest)) for _ in range(m)]


def line(n, t):
    return [(city, city + 1, t) for city in range(1, n)]


def complete(n):
    return [(a, b, 1000 * (b - a) ** 2 + 1) for a in range(1, n + 1) for b in range(a + 1, n + 1)]


cases = {
    "sample/1": (4, [(1, 2, 5), (2, 4, 5), (1, 3, 2), (3, 4, 9), (1, 4, 20)]),
    "sample/2": (3, [(1, 2, 7)]),
    "secret/01-no-tracks": (2, []),
    "secret/02-one-track": (2, [(2, 1, 3)]),
    "secret/03-loops-and-twins": (3, [(1, 1, 1), (1, 2, 9), (1, 2, 4), (3, 2, 6), (3, 3, 1)]),
    "secret/04-every-pair": (30, complete(30)),
    "secret/05-long-line": (3000, line(3000, 10**6)),
    "secret/06-random": (50, random_tracks(50, 100, 100)),
    "secret/07-random": (1000, random_tracks(1000, 3000, 10**6)),
    "secret/08-unreachable": (1000, random_tracks(999, 3000, 10**6)),
    "secret/09-large": (10_000, random_tracks(10_000, 30_000, 10**6)),
}
for name, (n, tracks) in cases.items():
    path = pathlib.Path("data") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{n} {len(tracks)}", *(f"{a} {b} {t}" for a, b, t in tracks)]
    pathlib.Path(f"{path}.in").write_text("\n".join(lines) + "\n")
    pathlib.Path(f"{path}.ans").write_text(f"{solve(n, tracks)}\n")
pathlib.Path("data/secret/05-long-line.desc").write_text("The longest time; more than 32 bits would hold.\n")
