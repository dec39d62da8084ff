object A {
  def main(args: Array[String]): Unit = {
    var blocks = List[Array[Int]]()
    while (true) blocks = new Array[Int](1 << 18) :: blocks
  }
}
