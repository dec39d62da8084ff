// @EXPECTED_RESULTS@: MEMORY-LIMIT
#include <cstdlib>
#include <cstring>
#include <iostream>

int main() {
    const std::size_t block = 16 << 20;
    volatile char touched = 0;
    for (int blocks = 0; blocks < 256; ++blocks) {
        char* memory = static_cast<char*>(std::malloc(block));
        if (memory == nullptr) break;
        std::memset(memory, blocks + 1, block);
        touched = memory[block - 1];
    }
    std::cout << static_cast<int>(touched) << '\n';
}
