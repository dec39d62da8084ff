families = {}
for _ in range(int(input())):
    word = input().lower()
    families.setdefault("".join(sorted(word)), []).append(word)
print("\n".join(max(families.values(), key=len)))
