LIMIT = 10**6
is_prime = bytearray([1]) * (LIMIT + 1)
is_prime[0] = is_prime[1] = 0
for number in range(2, 1001):
    if is_prime[number]:
        is_prime[number * number :: number] = bytes(len(range(number * number, LIMIT + 1, number)))
for _ in range(int(input())):
    n = int(input())
    p = n - 2
    while not (is_prime[p] and is_prime[n - p]):
        p -= 1
    print(p, n - p)
