#include <iostream>

int main() { std::cout << "Hello, Judge!\n"; }
