print("Hello Judge!")
