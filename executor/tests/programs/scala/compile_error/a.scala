object A extends App { println(missing) }
