#include "hostile.h"

int escaped(const char *what) {
    fprintf(stderr, "not contained: %s\n", what);
    return 1;
}

int impossible(const char *what) {
    fprintf(stderr, "could not be tried: %s: %s\n", what, strerror(errno));
    return 2;
}

int number_of(char **args) { return args[0] ? atoi(args[0]) : 0; }

int hold(void) {
    char byte;
    if (write(1, "left\n", 5) != 5) return impossible("say so");
    while (read(0, &byte, 1) == 0) usleep(1000);
    return 0;
}

const char *temporary(const char *name) {
    static char path[4096];
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/%s", folder ? folder : "/tmp", name);
    return path;
}

const char *shared_path(void) { return getenv("SHARED"); }

void touch(volatile char *memory, size_t bytes) {
    for (size_t at = 0; at < bytes; at += 4096) memory[at] = 1;
}

int main(int argc, char **argv) {
    const struct misbehaviour *subjects[] = {PROCESSES, MEMORY, OUTPUT, TIME, FILES, SECRETS, NETWORK, PRIVILEGES, SYSCALLS, MESSAGES, WATCHING};
    for (size_t i = 0; argc > 1 && i < sizeof subjects / sizeof *subjects; i++)
        for (const struct misbehaviour *one = subjects[i]; one->name; one++)
            if (strcmp(argv[1], one->name) == 0) return one->run(argv + 2);
    fprintf(stderr, "no such misbehaviour\n");
    return 99;
}
