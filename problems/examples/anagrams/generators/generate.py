"""Writes data/. Run as: python3 generators/generate.py, in the package's folder."""
import pathlib
import random

random.seed(5)


def solve(words):
    families = {}
    for word in words:
        families.setdefault("".join(sorted(word.lower())), []).append(word)
    return max(families.values(), key=len)


def spelled(letters):
    return "".join(random.choice([letter, letter.upper()]) for letter in letters)


def random_words(count, alphabet, longest):
    words = {}
    while len(words) < count:
        length = random.randint(1, longest)
        words[spelled(random.choices(alphabet, k=length))] = True
    return list(words)


def one_family(count, letters):
    words = {}
    while len(words) < count:
        words[spelled(random.sample(letters, len(letters)))] = True
    return list(words)


ALPHABET = "abcdefghijklmnopqrstuvwxyz"
cases = {
    "sample/1": ["Listen", "stone", "silent", "Notes", "tinsel", "onset"],
    "sample/2": ["one", "two"],
    "secret/01-one-word": ["x"],
    "secret/02-capitals": ["b", "A", "a", "B"],
    "secret/03-same-letters-other-counts": ["aab", "abb", "ab", "bba", "aabb"],
    "secret/04-tie": ["dog", "tab", "bat", "god", "cat"],
    "secret/05-one-family": one_family(500, "judgement"),
    "secret/06-few-letters": random_words(2000, "ab", 12),
    "secret/07-random": random_words(3000, ALPHABET, 4),
    "secret/08-long": random_words(2000, "abc", 30),
    "secret/09-large": random_words(10_000, ALPHABET, 6),
}
for name, words in cases.items():
    path = pathlib.Path("data") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(f"{path}.in").write_text("\n".join([str(len(words)), *words]) + "\n")
    pathlib.Path(f"{path}.ans").write_text("\n".join(solve(words)) + "\n")
