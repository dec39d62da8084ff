f = [1, 1]
while len(f) <= 10**6:
    f.append((f[-1] + f[-2]) % (10**9 + 7))
for _ in range(int(input())):
    print(f[int(input())])
