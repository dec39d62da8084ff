/* What the subjects run: nothing, a fixed amount of work, or the touching of so many MiB. */
#include <stdlib.h>

int main(int argc, char **argv) {
    if (argc < 3) return 0;
    unsigned long amount = strtoul(argv[2], 0, 10);
    if (argv[1][0] == 'w') {
        unsigned long x = 88172645463325252UL;
        for (unsigned long i = 0; i < amount * 1000000; i++) x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        return x == 0;
    }
    volatile char *memory = malloc(amount << 20);
    if (!memory) return 1;
    for (unsigned long at = 0; at < amount << 20; at += 4096) memory[at] = 1;
    return 0;
}
