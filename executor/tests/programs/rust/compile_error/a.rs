fn main() { missing(); }
