from math import hypot

(ax, ay), (bx, by), (lx, ly) = (map(int, input().split()) for _ in range(3))


def distance(t):
    return hypot(ax + t * (bx - ax) - lx, ay + t * (by - ay) - ly)


low, high = 0.0, 1.0
for _ in range(200):
    left, right = low + (high - low) / 3, high - (high - low) / 3
    if distance(left) < distance(right):
        high = right
    else:
        low = left
print(f"{distance(low):.12e}")
