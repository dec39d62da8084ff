import sys
from collections import deque

n, m, *rest = map(int, sys.stdin.buffer.read().split())
near = [[] for _ in range(n + 1)]
for a, b, t in zip(rest[::3], rest[1::3], rest[2::3]):
    near[a].append((b, t))
    near[b].append((a, t))
arrival = {1: 0}
queue = deque([1])
while queue:
    city = queue.popleft()
    for other, t in near[city]:
        if other not in arrival:
            arrival[other] = arrival[city] + t
            queue.append(other)
print(arrival.get(n, -1))
