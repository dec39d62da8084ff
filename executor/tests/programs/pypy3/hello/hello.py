import sys
name = sys.stdin.readline().strip()
print(f"hello {name}")
