#include <bits/stdc++.h>
#include "greet.hpp"
int main() {
    std::string name;
    std::thread([&] { std::cin >> name; }).join();
    std::cout << greeting() << " " << name << std::endl;
}
