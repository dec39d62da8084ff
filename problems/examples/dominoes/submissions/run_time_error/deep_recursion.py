import functools


@functools.cache
def ways(n):
    return 1 if n < 2 else (ways(n - 1) + ways(n - 2)) % (10**9 + 7)


for _ in range(int(input())):
    print(ways(int(input())))
