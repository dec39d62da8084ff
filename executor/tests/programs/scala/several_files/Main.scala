import words.Greet

object Main {
  def main(args: Array[String]): Unit = println(Greet.greeting + " " + scala.io.StdIn.readLine())
}
