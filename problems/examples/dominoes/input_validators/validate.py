import re
import sys

lines = sys.stdin.read().split("\n")
good = all(re.fullmatch("0|[1-9][0-9]*", line) for line in lines[:-1]) and lines[-1] == ""
good = good and 1 <= int(lines[0]) <= 100 and len(lines) == int(lines[0]) + 2
good = good and all(int(n) <= 10**6 for n in lines[1:-1])
sys.exit(42 if good else 43)
