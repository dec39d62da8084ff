def minute(time):
    return int(time[:2]) * 60 + int(time[3:])


total = 0
for _ in range(int(input())):
    came, left = map(minute, input().split())
    stay = (left - came - 1) % 1440 + 1
    price = sum(0 if i <= 10 else 5 if i <= 60 else 3 if i <= 180 else 2 for i in range(1, stay + 1))
    print(price)
    total += price
print(total)
