#include <iostream>
#include <vector>

int main() {
    std::vector<unsigned long long> f(1'000'001, 1);
    for (std::size_t n = 2; n < f.size(); ++n) f[n] = f[n - 1] + f[n - 2];
    int q, n;
    std::cin >> q;
    while (q-- > 0 && std::cin >> n) std::cout << f[n] << '\n';
}
