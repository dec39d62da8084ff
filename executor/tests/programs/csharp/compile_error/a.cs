class A { static void Main() { missing(); } }
