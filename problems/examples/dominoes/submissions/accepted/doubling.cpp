#include <iostream>
#include <utility>

static const long long modulus = 1'000'000'007;

// Fibonacci numbers n and n + 1, with F(0) = 0 and F(1) = 1.
static std::pair<long long, long long> fibonacci(long long n) {
    if (n == 0) return {0, 1};
    auto [a, b] = fibonacci(n / 2);
    long long even = a * ((2 * b - a + modulus) % modulus) % modulus;
    long long odd = (a * a + b * b) % modulus;
    if (n % 2 == 0) return {even, odd};
    return {odd, (even + odd) % modulus};
}

int main() {
    int q;
    long long n;
    std::cin >> q;
    while (q-- > 0 && std::cin >> n) std::cout << fibonacci(n).second << '\n';
}
