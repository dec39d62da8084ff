for _ in range(int(input())):
    n = int(input())
    print(*((2, 2) if n == 4 else (3, n - 3)))
