greeting(hello).
