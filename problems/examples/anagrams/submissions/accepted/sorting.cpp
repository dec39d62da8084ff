#include <algorithm>
#include <cctype>
#include <iostream>
#include <map>
#include <string>
#include <vector>

int main() {
    int n;
    std::cin >> n;
    std::map<std::string, int> number;
    std::vector<std::vector<std::string>> families;
    for (int i = 0; i < n; ++i) {
        std::string word;
        std::cin >> word;
        std::string letters = word;
        for (char& letter : letters) letter = std::tolower(letter);
        std::sort(letters.begin(), letters.end());
        auto [family, is_new] = number.insert({letters, static_cast<int>(families.size())});
        if (is_new) families.emplace_back();
        families[family->second].push_back(word);
    }
    auto shorter = [](const auto& a, const auto& b) { return a.size() < b.size(); };
    for (const auto& word : *std::max_element(families.begin(), families.end(), shorter))
        std::cout << word << '\n';
}
