import re
import sys

lines = sys.stdin.read().split("\n")
time = "([01][0-9]|2[0-3]):[0-5][0-9]"
good = re.fullmatch("[1-9][0-9]*", lines[0]) and lines[-1] == ""
good = good and int(lines[0]) == len(lines) - 2 <= 1000
good = good and all(re.fullmatch(f"{time} {time}", line) for line in lines[1:-1])
sys.exit(42 if good else 43)
