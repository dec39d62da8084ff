using System;
using System.Linq;
using System.Numerics;
using System.Threading;
class Program {
    static void Main() {
        var name = new[] { Console.ReadLine() }.First();
        var thread = new Thread(() => Console.WriteLine(Greet.Greeting + " " + (BigInteger.One.IsOne ? name : "")));
        thread.Start();
        thread.Join();
    }
}
