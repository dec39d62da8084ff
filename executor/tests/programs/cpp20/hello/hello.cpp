#include <iostream>
#include <string>
#include <ranges>
#include <algorithm>
int main() {
    std::string name;
    std::cin >> name;
    static_assert(std::ranges::range<std::string>); std::ranges::reverse(name); std::ranges::reverse(name);
    std::cout << "hello " << name << "\n";
}
