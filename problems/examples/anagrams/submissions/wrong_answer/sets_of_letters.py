families = {}
for _ in range(int(input())):
    word = input()
    families.setdefault(frozenset(word.lower()), []).append(word)
print("\n".join(max(families.values(), key=len)))
