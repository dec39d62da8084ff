"""Writes data/. Run as: python3 generators/generate.py, in the package's folder."""
import pathlib
import random

random.seed(7)
DAY = 24 * 60


def price(minutes):
    prices = [0] * 10 + [5] * 50 + [3] * 120 + [2] * DAY
    return min(1000, sum(prices[:minutes]))


def clock(minute):
    return f"{minute // 60:02}:{minute % 60:02}"


def stays(*lengths):
    starts = [random.randrange(DAY) for _ in lengths]
    return [(start, (start + length) % DAY) for start, length in zip(starts, lengths)]


cases = {
    "sample/1": [(480, 490), (540, 625), (1320, 15)],
    "sample/2": [(720, 720)],
    "secret/01-edges": stays(1, 9, 10, 11, 59, 60, 61, 179, 180, 181),
    "secret/02-most": stays(374, 375, 376, 377, 1000, DAY - 1, DAY),
    "secret/03-midnight": [(1439, 0), (0, 1439), (0, 0), (1439, 1438), (1, 0)],
    "secret/04-every-length": stays(*range(1, 1001)),
    "secret/05-random": stays(*(random.randint(1, DAY) for _ in range(1000))),
}
for name, cars in cases.items():
    path = pathlib.Path("data") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [str(len(cars)), *(f"{clock(came)} {clock(left)}" for came, left in cars)]
    pathlib.Path(f"{path}.in").write_text("\n".join(lines) + "\n")
    prices = [price((left - came - 1) % DAY + 1) for came, left in cars]
    pathlib.Path(f"{path}.ans").write_text("".join(f"{each}\n" for each in [*prices, sum(prices)]))
pathlib.Path("data/secret/03-midnight.hint").write_text("Think of cars that stay over midnight.\n")
