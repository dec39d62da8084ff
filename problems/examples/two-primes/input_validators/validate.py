import re
import sys

lines = sys.stdin.read().split("\n")
good = all(re.fullmatch("[1-9][0-9]*", line) for line in lines[:-1]) and lines[-1] == ""
good = good and 1 <= int(lines[0]) <= 1000 and len(lines) == int(lines[0]) + 2
good = good and all(4 <= int(n) <= 10**6 and int(n) % 2 == 0 for n in lines[1:-1])
sys.exit(42 if good else 43)
