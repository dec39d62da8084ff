families = {}
for _ in range(int(input())):
    word = input()
    families.setdefault("".join(sorted(word.lower())), []).append(word)
print(*max(families.values(), key=len))
