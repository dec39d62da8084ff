object Hello extends App {
  println("hello " + scala.io.StdIn.readLine())
}
