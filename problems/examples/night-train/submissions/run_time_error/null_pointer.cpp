#include <iostream>

int main() {
    int n, m;
    std::cin >> n >> m;
    volatile int* near = nullptr;
    near[n] = m;
}
