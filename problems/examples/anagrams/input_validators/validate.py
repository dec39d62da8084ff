import re
import sys

lines = sys.stdin.read().split("\n")
good = re.fullmatch("[1-9][0-9]*", lines[0]) and lines[-1] == ""
words = lines[1:-1]
good = good and int(lines[0]) == len(words) <= 10**4 and len(set(words)) == len(words)
good = good and all(re.fullmatch("[a-zA-Z]{1,30}", word) for word in words)
sys.exit(42 if good else 43)
