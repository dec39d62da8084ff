fun main() {
    val blocks = ArrayList<IntArray>()
    while (true) blocks.add(IntArray(1 shl 18))
}
