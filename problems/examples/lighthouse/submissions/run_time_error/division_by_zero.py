from math import hypot

(ax, ay), (bx, by), (lx, ly) = (map(int, input().split()) for _ in range(3))
dx, dy = bx - ax, by - ay
t = max(0, min(1, (dx * (lx - ax) + dy * (ly - ay)) / (dx * dx + dy * dy)))
print(hypot(ax + t * dx - lx, ay + t * dy - ly))
