# @EXPECTED_RESULTS@: OUTPUT-LIMIT
while True:
    print("Are we there yet? " * 1000)
