from math import hypot

(ax, ay), (bx, by), (lx, ly) = (map(int, input().split()) for _ in range(3))
dx, dy = bx - ax, by - ay
length = dx * dx + dy * dy
t = max(0, min(1, (dx * (lx - ax) + dy * (ly - ay)) / length)) if length else 0
print(round(hypot(ax + t * dx - lx, ay + t * dy - ly), 2))
