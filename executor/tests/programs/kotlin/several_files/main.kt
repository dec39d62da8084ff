import words.greeting

fun main() {
    println(greeting() + " " + readLine()!!)
}
