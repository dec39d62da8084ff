def minute(time):
    return int(time[:2]) * 60 + int(time[3:])


total = 0
for _ in range(int(input())):
    came, left = map(minute, input().split())
    stay = (left - came - 1) % 1440 + 1
    brackets = [(10, 60, 5), (60, 180, 3), (180, 1440, 2)]
    price = min(1000, sum(max(0, min(stay, end) - start) * each for start, end, each in brackets))
    print(price)
    total += price
print(total)
