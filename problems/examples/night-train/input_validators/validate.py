import re
import sys

lines = sys.stdin.read().split("\n")
number = "(0|[1-9][0-9]*)"
good = re.fullmatch(f"{number} {number}", lines[0]) and lines[-1] == ""
good = good and all(re.fullmatch(f"{number} {number} {number}", line) for line in lines[1:-1])
if good:
    n, m = map(int, lines[0].split())
    tracks = [tuple(map(int, line.split())) for line in lines[1:-1]]
    good = 2 <= n <= 10**4 and 0 <= m <= 5 * 10**4 and len(tracks) == m
    good = good and all(1 <= min(a, b) and max(a, b) <= n and 1 <= t <= 10**6 for a, b, t in tracks)
sys.exit(42 if good else 43)
