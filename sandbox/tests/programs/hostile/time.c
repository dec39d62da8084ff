/* Time, and whose turn it is. */
#include "hostile.h"
#include <pthread.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

static int sleep_long(char **args) {
    (void)args;
    for (;;) sleep(1000);
}

static void *spin(void *unused) {
    for (volatile unsigned long i = 0;; i++) {}
    return unused;
}

static int busy(char **args) {
    pthread_t thread;
    for (int i = 1; i < number_of(args); i++) pthread_create(&thread, 0, spin, 0);
    spin(0);
    return 0;
}

static int busy_for_ms(char **args) {
    struct timespec used;
    do clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < number_of(args));
    return 0;
}

static int busy_children(char **args) {
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < number_of(args); i++)
        if (fork() == 0) spin(0);
    for (;;) pause();
}

/* Uses more time than the limit in children that nobody waits for, one after another. */
static int busy_unwaited(char **args) {
    (void)args;
    signal(SIGCHLD, SIG_IGN);
    for (int i = 0; i < 8; i++) {
        if (fork() == 0) {
            while (clock() < CLOCKS_PER_SEC / 10) {}
            _exit(0);
        }
        wait(0);
    }
    return escaped("eight tenths of a second");
}

/* Time spent in the kernel rather than in the program. */
static int busy_in_kernel(char **args) {
    (void)args;
    for (;;) syscall(SYS_getppid);
}

static void be_deaf(void) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, 0);
    for (int i = 1; i < 64; i++) signal(i, SIG_IGN);
}

static int deaf_and_busy(char **args) {
    be_deaf();
    return busy(args);
}

static int deaf_and_asleep(char **args) {
    be_deaf();
    return sleep_long(args);
}

/* More time by asking for it, or by starting the clock anew. */
static int more_time(char **args) {
    (void)args;
    struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_CPU, &more);
    struct itimerval never = {{0, 0}, {0, 0}};
    setitimer(ITIMER_PROF, &never, 0);
    if (fork() == 0) spin(0);
    execl("/proc/self/exe", "hostile", "busy", "1", NULL);
    return 2;
}

static int more_priority(char **args) {
    (void)args;
    struct sched_param realtime = {1};
    if (setpriority(PRIO_PROCESS, 0, -5) == 0) return escaped("a higher priority");
    if (sched_setscheduler(0, SCHED_FIFO, &realtime) == 0) return escaped("real time");
    if (sched_setscheduler(0, SCHED_RR, &realtime) == 0) return escaped("real time in turns");
    long deadline[7] = {48 | (6L << 32), 0, 0, 1000000, 2000000, 2000000};
    if (syscall(SYS_sched_setattr, 0, deadline, 0) == 0) return escaped("a deadline");
    if (syscall(SYS_ioprio_set, 1, 0, (1 << 13) | 0) == 0) return escaped("real time on the disk");
    return 0;
}

static int choose_processor(char **args) {
    (void)args;
    cpu_set_t first;
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    return sched_setaffinity(0, sizeof first, &first) == 0 ? escaped("a processor of its choice") : 0;
}

const struct misbehaviour TIME[] = {
    {"sleep", sleep_long}, {"busy", busy}, {"busy-for-ms", busy_for_ms}, {"busy-children", busy_children},
    {"busy-unwaited", busy_unwaited}, {"busy-in-kernel", busy_in_kernel}, {"deaf-and-busy", deaf_and_busy},
    {"deaf-and-asleep", deaf_and_asleep}, {"more-time", more_time}, {"more-priority", more_priority},
    {"choose-processor", choose_processor},
    {0, 0},
};
