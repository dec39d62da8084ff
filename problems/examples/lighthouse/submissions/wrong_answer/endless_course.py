from math import hypot

(ax, ay), (bx, by), (lx, ly) = (map(int, input().split()) for _ in range(3))
dx, dy = bx - ax, by - ay
if dx == dy == 0:
    print(hypot(lx - ax, ly - ay))
else:
    print(abs(dx * (ly - ay) - dy * (lx - ax)) / hypot(dx, dy))
