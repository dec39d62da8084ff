#include <iostream>

static long long ways(int n) { return n < 2 ? 1 : (ways(n - 1) + ways(n - 2)) % 1'000'000'007; }

int main() {
    int q, n;
    std::cin >> q;
    while (q-- > 0 && std::cin >> n) std::cout << ways(n) << '\n';
}
