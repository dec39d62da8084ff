// One named misbehaviour each. Exit code 0: it was contained; 1: it was not.
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

int main(int, char **argv) {
    const std::string attack = argv[1];
    if (attack == "threads") {
        for (int made = 0; made < 10000; made++) {
            try {
                std::thread([] { std::this_thread::sleep_for(std::chrono::hours(1)); }).detach();
            } catch (const std::system_error &) {
                std::_Exit(made < 200 ? 0 : 1);
            }
        }
        std::_Exit(1);
    }
    if (attack == "memory") {
        std::vector<std::vector<char>> kept;
        for (;;) kept.emplace_back(16 << 20, 'x');
    }
    if (attack == "exceptions") { // as deep as memory goes, each frame with a handler
        struct Deep {
            static void go(int depth) {
                try { volatile char frame[4096] = {}; go(depth + 1); (void)frame; } catch (...) { go(depth); }
            }
        };
        Deep::go(0);
    }
    if (attack == "exit-handler") {
        std::atexit([] { for (volatile unsigned long i = 0;; i++) {} });
        return 0;
    }
    if (attack == "system") return std::system("cat /etc/shadow") == 0 ? 1 : 0;
    if (attack == "walk") {
        std::error_code ignored;
        for (const char *folder : {"/root", "/home", "/boot", "/sys"})
            for (const auto &entry : std::filesystem::directory_iterator(folder, ignored)) return entry.exists() ? 1 : 0;
        return 0;
    }
    return 99;
}
