import re
import sys

number = r"(0|-?[1-9][0-9]*)"
match = re.fullmatch(f"({number} {number}\n){{3}}".replace("(0|", "(?:0|"), text := sys.stdin.read())
good = match and all(abs(int(word)) <= 10**6 for word in text.split())
sys.exit(42 if good else 43)
