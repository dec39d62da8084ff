a, b = map(int, input().split())
if abs(a) > 2**31:
    raise OverflowError("too large for me")
print(a + b)
