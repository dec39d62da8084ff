def total(line):
    return sum(int(word) for word in line.split())
