/* Ends, many processes, and processes that outlive or attack others. */
#include "hostile.h"
#include <dirent.h>
#include <pthread.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>

static int exit_with(char **args) { exit(number_of(args)); }

static int die_of(char **args) {
    signal(number_of(args), SIG_DFL);
    raise(number_of(args));
    return escaped("survived the signal");
}

static int segfault(char **args) {
    (void)args;
    *(volatile int *)8 = 1;
    return 0;
}

static int fork_bomb(char **args) {
    int most = number_of(args), made = 0;
    while (made < 10000 && fork() != 0) {
        if (errno == EAGAIN) break;
        made++;
    }
    if (errno == 0 && made == 0) for (;;) pause();
    if (made == 10000) return escaped("forked without end");
    fprintf(stderr, "%d children\n", made);
    return made == most ? 0 : 1;
}

/* Every process forks again at once, as often as it can. */
static int wild_fork_bomb(char **args) {
    (void)args;
    for (;;) fork();
}

static int vfork_bomb(char **args) {
    (void)args;
    volatile int depth = 0;
    while (depth < 10000) {
        pid_t child = vfork();
        if (child < 0) return errno == EAGAIN && depth < 64 ? 0 : escaped(strerror(errno));
        if (child > 0) _exit(0);
        depth++;
    }
    return escaped("forked without end");
}

static void *sleeper(void *unused) {
    for (;;) pause();
    return unused;
}

static int thread_bomb(char **args) {
    int most = number_of(args), made = 0;
    pthread_t thread;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    while (made < 10000 && pthread_create(&thread, &small, sleeper, 0) == 0) made++;
    fprintf(stderr, "%d threads\n", made);
    return made == most ? 0 : 1;
}

/* Fills the table of processes with dead ones. */
static int zombie_bomb(char **args) {
    (void)args;
    int made = 0;
    while (made < 10000) {
        pid_t child = fork();
        if (child < 0) return made < 64 ? 0 : escaped("many dead children");
        if (child == 0) _exit(0);
        made++;
    }
    return escaped("dead children without end");
}

/* Children that start the program anew, over and over, so that none lives for long. */
static int exec_bomb(char **args) {
    char depth[16];
    snprintf(depth, sizeof depth, "%d", number_of(args) + 1);
    fork();
    execl("/proc/self/exe", "hostile", "exec-bomb", depth, NULL);
    for (;;) pause();
}

static int stop_self(char **args) {
    (void)args;
    raise(SIGSTOP);
    return 0;
}

static int stop_parent(char **args) {
    (void)args;
    kill(getppid(), SIGSTOP);
    kill(1, SIGKILL);
    kill(1, SIGSTOP);
    return 0;
}

static int daemon_left_behind(char **args) {
    (void)args;
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            signal(SIGHUP, SIG_IGN);
            prctl(PR_SET_PDEATHSIG, 0);
            for (;;) sleep(1000);
        }
        _exit(0);
    }
    wait(0);
    return 0;
}

/* A daemon that nothing in its memory connects with the run. */
static int nameless_daemon(char **args) {
    (void)args;
    extern char **environ;
    char *nothing[] = {NULL};
    if (environ[0] && fork() == 0) {
        setsid();
        execve("/proc/self/exe", (char *[]){"sshd", "sleep", NULL}, nothing);
    }
    return 0;
}

static int kill_everyone(char **args) {
    (void)args;
    kill(-1, SIGKILL);
    return 0;
}

/* Whoever can be signalled by number, other than this process. */
static int kill_by_number(char **args) {
    (void)args;
    for (int process = 1; process < 70000; process++)
        if (process != getpid() && process != getppid() && kill(process, 0) == 0) return escaped("a process of others");
    return 0;
}

static int see_processes(char **args) {
    (void)args;
    DIR *proc = opendir("/proc");
    if (!proc) return 0;
    int own = 0;
    for (struct dirent *entry; (entry = readdir(proc));) {
        int process = atoi(entry->d_name);
        if (process == getpid()) own = 1;
        else if (process > 1) return escaped(entry->d_name);
    }
    return own ? 0 : escaped("does not see itself");
}

/* Makes the run's init fail, which waits for children with a poll of two descriptors. */
static int starve_init(char **args) {
    (void)args;
    struct rlimit none = {0, 0};
    if (prlimit(1, RLIMIT_NOFILE, &none, 0) == 0 || errno != EPERM) return escaped("another's limits");
    if (fork() == 0) _exit(fork() < 0);
    wait(0);
    return 0;
}

/* Kills callers of a forbidden call until one dies between being heard of and being asked. */
static int die_asking(char **args) {
    (void)args;
    for (int i = 0; i < 3000; i++) {
        pid_t child = fork();
        if (child == 0) {
            socket(AF_UNIX, SOCK_STREAM, 0);
            _exit(1);
        }
        for (volatile int k = 0; k < i * 20; k++) {}
        kill(child, SIGKILL);
        waitpid(child, 0, 0);
    }
    return 0;
}

const struct misbehaviour PROCESSES[] = {
    {"exit", exit_with}, {"die-of", die_of}, {"segfault", segfault},
    {"fork-bomb", fork_bomb}, {"wild-fork-bomb", wild_fork_bomb}, {"vfork-bomb", vfork_bomb},
    {"thread-bomb", thread_bomb}, {"zombie-bomb", zombie_bomb}, {"exec-bomb", exec_bomb},
    {"stop-self", stop_self}, {"stop-parent", stop_parent},
    {"daemon", daemon_left_behind}, {"nameless-daemon", nameless_daemon},
    {"kill-everyone", kill_everyone}, {"kill-by-number", kill_by_number}, {"see-processes", see_processes},
    {"starve-init", starve_init}, {"die-asking", die_asking},
    {0, 0},
};
