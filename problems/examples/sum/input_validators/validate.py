import re
import sys

match = re.fullmatch(r"(0|-?[1-9][0-9]*) (0|-?[1-9][0-9]*)\n", sys.stdin.read())
good = match and all(abs(int(number)) <= 10**18 for number in match.groups())
sys.exit(42 if good else 43)
