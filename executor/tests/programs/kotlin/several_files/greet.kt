package words

fun greeting() = "hello"
