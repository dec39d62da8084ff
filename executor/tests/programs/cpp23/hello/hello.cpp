#include <iostream>
#include <string>
#include <expected>
int main() {
    std::string name;
    std::cin >> name;
    std::expected<std::string, int> word = name; if (word) name = *word;
    std::cout << "hello " << name << "\n";
}
