package words

object Greet {
  val greeting = "hello"
}
