from itertools import permutations

words = [input() for _ in range(int(input()))]
lower = [word.lower() for word in words]
best = []
for word in lower:
    orders = list(map("".join, permutations(word)))
    family = [spelled for spelled, other in zip(words, lower) if other in orders]
    if len(family) > len(best):
        best = family
print("\n".join(best))
