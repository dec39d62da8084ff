PRICES = [0] * 10 + [5] * 50 + [3] * 120


def minute(time):
    return int(time[:2]) * 60 + int(time[3:])


total = 0
for _ in range(int(input())):
    came, left = map(minute, input().split())
    price = sum(PRICES[i] for i in range((left - came - 1) % 1440 + 1))
    print(price)
    total += price
print(total)
