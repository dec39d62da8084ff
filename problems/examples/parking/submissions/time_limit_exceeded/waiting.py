def minute(time):
    return int(time[:2]) * 60 + int(time[3:])


total = 0
for _ in range(int(input())):
    came, left = map(minute, input().split())
    stay = 0
    while (came + stay) % 1440 != left or came == left:
        stay += 1
    price = min(1000, sum(0 if i < 10 else 5 if i < 60 else 3 if i < 180 else 2 for i in range(stay)))
    print(price)
    total += price
print(total)
