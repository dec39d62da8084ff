/* Output, and what stands behind its descriptors. */
#include "hostile.h"
#include <sys/ioctl.h>
#include <sys/sendfile.h>

static int print(char **args) {
    long left = atol(args[1]);
    int stream = number_of(args);
    signal(SIGXFSZ, SIG_IGN);
    char block[65536];
    memset(block, 'x', sizeof block);
    while (left > 0) {
        ssize_t n = write(stream, block, left < 65536 ? left : 65536);
        if (n < 0) return 1;
        left -= n;
    }
    return 0;
}

static int print_unaware(char **args) {
    (void)args;
    for (;;) puts("and on, and on, and on, and on");
}

/* Every process writes less than the limit. */
static int print_by_children(char **args) {
    char *half[] = {"1", "700000", NULL};
    (void)args;
    for (int i = 0; i < 4; i++)
        if (fork() == 0) _exit(print(half));
    while (wait(0) > 0) {}
    return 0;
}

static int print_nowhere(char **args) {
    (void)args;
    close(1);
    close(2);
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < 1000; i++)
        if (write(1, "x", 1) >= 0 || errno != EBADF) return 1;
    return 0;
}

static int sparse(char **args) {
    int file = open(args[0], O_CREAT | O_WRONLY, 0600);
    if (file < 0) return escaped("could not create");
    return pwrite(file, "x", 1, 1L << 40) == 1 ? escaped("made a huge file") : 1;
}

/* A huge output with next to nothing in it. */
static int sparse_output(char **args) {
    signal(SIGXFSZ, SIG_IGN);
    if (strcmp(args[0], "write") == 0) pwrite(1, "x", 1, 1L << 40);
    if (strcmp(args[0], "truncate") == 0) ftruncate(1, 1L << 40);
    if (strcmp(args[0], "allocate") == 0) fallocate(1, 0, 0, 64L * MIB);
    struct stat output;
    fstat(1, &output);
    return output.st_size > 2 * MIB ? escaped("a huge output") : 0;
}

/* Output that no write makes: copied from elsewhere by the kernel. */
static int copied_output(char **args) {
    (void)args;
    signal(SIGXFSZ, SIG_IGN);
    int zero = open(temporary("zeros"), O_CREAT | O_RDWR, 0600);
    if (zero < 0 || ftruncate(zero, 8 * MIB) != 0) return impossible("a file");
    off_t at = 0;
    while (sendfile(1, zero, &at, MIB) > 0) {}
    for (at = 0; copy_file_range(zero, &at, 1, 0, MIB, 0) > 0;) {}
    return 1;
}

/* Reserves space behind an output without growing it: no limit on the size of files counts that. */
static int reserve(char **args) {
    (void)args;
    struct { short type, whence; long start, length; int zero[6]; } range = {0, 0, 0, 64L * MIB};
    fallocate(1, FALLOC_FL_KEEP_SIZE, 0, 64L * MIB);
    ioctl(1, 0x4030582aL /* FS_IOC_RESVSP64 */, &range);
    struct stat output;
    fstat(1, &output);
    return output.st_blocks > 2048 ? escaped("space on the host's disk") : 0;
}

/* Changes how the judge's own copies of the outputs' descriptors behave. */
static int bewitch_outputs(char **args) {
    (void)args;
    write(1, "said", 4);
    for (int stream = 1; stream <= 2; stream++)
        if (fcntl(stream, F_SETFL, O_DIRECT | O_APPEND | O_NONBLOCK) != 0) return escaped("could not");
    return 0;
}

/* Makes the file behind an output unreadable, or a program that runs as somebody else. */
static int chmod_output(char **args) {
    (void)args;
    if (fchmod(1, 06777) == 0 || chmod("/proc/self/fd/1", 0) == 0) return escaped("the mode of the judge's file");
    return 0;
}

const struct misbehaviour OUTPUT[] = {
    {"print", print}, {"print-unaware", print_unaware}, {"print-by-children", print_by_children},
    {"print-nowhere", print_nowhere}, {"sparse", sparse}, {"sparse-output", sparse_output},
    {"copied-output", copied_output}, {"reserve", reserve}, {"bewitch-outputs", bewitch_outputs}, {"chmod-output", chmod_output},
    {0, 0},
};
