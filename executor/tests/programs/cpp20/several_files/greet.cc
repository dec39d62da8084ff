#include "greet.hpp"
std::string greeting() { return "hello"; }
