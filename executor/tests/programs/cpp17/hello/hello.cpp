#include <iostream>
#include <string>
#include <optional>
int main() {
    std::string name;
    std::cin >> name;
    std::optional<std::string> word = name; name = word.value();
    std::cout << "hello " << name << "\n";
}
