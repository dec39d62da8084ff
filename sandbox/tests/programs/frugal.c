/* Uses so much of something and no more, and exits with 0: the figures of a run can be held against it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long share; /* of each thread or process: MiB, or milliseconds */

static void fill(volatile char *memory, size_t bytes) {
    for (size_t at = 0; at < bytes; at += 4096) memory[at] = 1;
}

static void *touch(void *unused) {
    size_t bytes = (size_t)share << 20;
    void *memory = mmap(0, bytes ? bytes : 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) exit(3);
    fill(memory, bytes);
    return unused;
}

static void touch_shared(size_t bytes) {
    void *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) exit(3);
    fill(memory, bytes);
}

static void *work(void *unused) {
    struct timespec used;
    do clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < share);
    return unused;
}

/* What is sampled every few milliseconds has to last for longer. */
static void linger(void) { usleep(60000); }

/* Of several processes only a sample tells, and who takes it may be late. */
static void linger_long(void) { usleep(400000); }

static void in_threads(void *(*act)(void *), int number) {
    pthread_t threads[64];
    for (int i = 0; i < number; i++)
        if (pthread_create(threads + i, 0, act, 0) != 0) exit(3);
    for (int i = 0; i < number; i++) pthread_join(threads[i], 0);
}

/* All hold what they have until the last one has it. */
static void in_children(void *(*act)(void *), int number) {
    int done[2], go[2];
    char byte;
    if (pipe(done) != 0 || pipe(go) != 0) exit(3);
    for (int i = 0; i < number; i++) {
        pid_t child = fork();
        if (child < 0) exit(3);
        if (child > 0) continue;
        act(0);
        write(done[1], "", 1);
        close(go[1]);
        read(go[0], &byte, 1);
        _exit(0);
    }
    close(done[1]);
    for (int i = 0; i < number; i++)
        if (read(done[0], &byte, 1) != 1) exit(3);
    linger_long();
    close(go[1]);
    while (wait(0) > 0) {}
}

static void note(int unused) { (void)unused; }

int main(int argc, char **args) {
    const char *what = argc > 1 ? args[1] : "";
    long amount = argc > 2 ? atol(args[2]) : 0;
    int number = argc > 3 ? atoi(args[3]) : 1;
    share = amount / number;
    if (strcmp(what, "touch") == 0) touch(0), linger();
    else if (strcmp(what, "touch-in-threads") == 0) in_threads(touch, number), linger();
    else if (strcmp(what, "touch-in-children") == 0) in_children(touch, number);
    else if (strcmp(what, "touch-shared") == 0) touch_shared((size_t)amount << 20), linger();
    else if (strcmp(what, "work") == 0) work(0);
    else if (strcmp(what, "work-in-threads") == 0) in_threads(work, number);
    else if (strcmp(what, "work-in-children") == 0) in_children(work, number);
    else if (strcmp(what, "work-on-heedlessly") == 0) {
        signal(SIGXCPU, note), signal(SIGTERM, SIG_IGN), signal(SIGPROF, note);
        work(0);
    } else if (strcmp(what, "allocate-or-say-no") == 0) {
        char *memory = malloc((size_t)amount << 20);
        if (!memory) return 1;
        fill(memory, (size_t)amount << 20);
    } else return 99;
    return 0;
}
