n = [int(input()) for _ in range(int(input()))]
while sum(n) > 0:
    pass
