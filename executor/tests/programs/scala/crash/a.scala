object A extends App { throw new IllegalStateException("no") }
