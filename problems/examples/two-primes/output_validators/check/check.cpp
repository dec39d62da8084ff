// Accepts any pair of primes with the right sum.
// Called as: check INPUT ANSWER FEEDBACK_FOLDER < OUTPUT; ends with 42 (right) or 43 (wrong).
#include <fstream>
#include <iostream>
#include <string>

static std::string feedback_folder;

[[noreturn]] static void wrong(const std::string& reason) {
    std::ofstream(feedback_folder + "/judgemessage.txt") << reason << '\n';
    std::exit(43);
}

static bool is_prime(long long number) {
    if (number < 2) return false;
    for (long long divisor = 2; divisor * divisor <= number; ++divisor)
        if (number % divisor == 0) return false;
    return true;
}

int main(int argc, char** argv) {
    if (argc < 4) return 1;
    std::ifstream input(argv[1]);
    feedback_folder = argv[3];
    int questions;
    if (!(input >> questions)) return 1;
    for (int question = 1; question <= questions; ++question) {
        long long n, p, r;
        const std::string place = "question " + std::to_string(question) + ": ";
        if (!(input >> n)) return 1;
        if (!(std::cin >> p >> r)) wrong(place + "there are no two numbers");
        if (p > n || r > n || p + r != n) wrong(place + "the sum is not " + std::to_string(n));
        if (!is_prime(p)) wrong(place + std::to_string(p) + " is not prime");
        if (!is_prime(r)) wrong(place + std::to_string(r) + " is not prime");
    }
    std::string rest;
    if (std::cin >> rest) wrong("there is output after the last answer");
    return 42;
}
