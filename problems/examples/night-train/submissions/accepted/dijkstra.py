import heapq
import sys

n, m, *rest = map(int, sys.stdin.buffer.read().split())
near = [[] for _ in range(n + 1)]
for a, b, t in zip(rest[::3], rest[1::3], rest[2::3]):
    near[a].append((b, t))
    near[b].append((a, t))
arrival = [-1] * (n + 1)
queue = [(0, 1)]
while queue:
    time, city = heapq.heappop(queue)
    if arrival[city] < 0:
        arrival[city] = time
        for other, t in near[city]:
            if arrival[other] < 0:
                heapq.heappush(queue, (time + t, other))
print(arrival[n])
