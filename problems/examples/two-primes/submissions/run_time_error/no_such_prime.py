primes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47]
for _ in range(int(input())):
    n = int(input())
    print(*next((p, n - p) for p in primes if n - p in primes))
