"""Helps with the samples: tells whether the words on standard input are anagrams of each other."""
import sys

words = sys.stdin.read().split()
print("yes" if len({"".join(sorted(word.lower())) for word in words}) <= 1 else "no")
