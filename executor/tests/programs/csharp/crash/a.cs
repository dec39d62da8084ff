using System;
class A { static void Main() { throw new Exception(); } }
