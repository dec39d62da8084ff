/* One named misbehaviour each. Exit code 0: it was contained; 1: it was not, and standard error
 * says how. Those that a limit should end never come to their exit. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MIB (1 << 20)
extern char **environ;

static int escaped(const char *what) {
    fprintf(stderr, "not contained: %s\n", what);
    return 1;
}

static int number_of(char **args) { return args[0] ? atoi(args[0]) : 0; }

/* Ends. */

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

/* Many. */

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

/* Memory. */

static void touch(volatile char *memory, size_t bytes) {
    for (size_t at = 0; at < bytes; at += 4096) memory[at] = 1;
}

static int heap(char **args) {
    size_t bytes = (size_t)number_of(args) * MIB;
    char *memory = malloc(bytes);
    if (!memory) return escaped("malloc failed");
    touch(memory, bytes);
    return 0;
}

static int shared_mapping(char **args) {
    size_t bytes = (size_t)number_of(args) * MIB;
    char *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return escaped("mmap failed");
    touch(memory, bytes);
    return 0;
}

static int huge_pages(char **args) {
    (void)args;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
    return mmap(0, 2 * MIB, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED && errno == EINVAL ? 0 : escaped("huge pages");
}

static int memory_of_children(char **args) {
    int children = number_of(args);
    for (int i = 0; i < children; i++)
        if (fork() == 0) {
            char *memory = malloc(16 * MIB);
            touch(memory, 16 * MIB);
            usleep(500000);
            _exit(memory[0] != 1);
        }
    while (wait(0) > 0) {}
    return 0;
}

static long recurse(long depth, volatile char *above) {
    volatile char frame[1024];
    frame[0] = (char)depth + above[0];
    return depth == 0 ? frame[0] : recurse(depth - 1, frame) + frame[0];
}

static int recursion(char **args) {
    char bottom = 0;
    return recurse(number_of(args) * 1000L, &bottom) == -1;
}

/* Fills a tmpfs until it is full; what counts is that the judge lives on. */
static int fill(char **args) {
    char path[256], *block = calloc(1, MIB);
    snprintf(path, sizeof path, "%s/filling", args[0]);
    int file = open(path, O_CREAT | O_WRONLY, 0600);
    if (file < 0) return escaped("could not create");
    for (int i = 0; i < 2048; i++)
        if (write(file, block, MIB) < MIB) return errno == ENOSPC || errno == 0 ? 0 : escaped(strerror(errno));
    return escaped("never full");
}

static int many_files(char **args) {
    char path[256];
    for (int i = 0; i < 1000000; i++) {
        snprintf(path, sizeof path, "%s/%d", args[0], i);
        int file = open(path, O_CREAT | O_WRONLY, 0600);
        if (file < 0) return errno == ENOSPC ? 0 : escaped(strerror(errno));
        close(file);
    }
    return escaped("never full");
}

/* Output. */

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

static int sparse(char **args) {
    int file = open(args[0], O_CREAT | O_WRONLY, 0600);
    if (file < 0) return escaped("could not create");
    return pwrite(file, "x", 1, 1L << 40) == 1 ? escaped("made a huge file") : 1;
}

/* Time. */

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

static int deaf_and_busy(char **args) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, 0);
    for (int i = 1; i < 64; i++) signal(i, SIG_IGN);
    return busy(args);
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

/* Outliving. */

static int daemon_left_behind(char **args) {
    (void)args;
    if (fork() == 0) {
        setsid();
        if (fork() == 0) {
            signal(SIGHUP, SIG_IGN);
            prctl(PR_SET_PDEATHSIG, 0);
            sleep_long(0);
        }
        _exit(0);
    }
    wait(0);
    return 0;
}

static int kill_everyone(char **args) {
    (void)args;
    kill(-1, SIGKILL);
    return 0;
}

static int leave_message(char **args) {
    (void)args;
    const char *places[] = {"/tmp/message", "/dev/shm/message"};
    for (int i = 0; i < 2; i++) {
        int file = open(places[i], O_CREAT | O_WRONLY, 0666);
        if (file < 0 || write(file, "x", 1) != 1) return escaped("could not even write");
    }
    chmod("/tmp", 0700);
    if (syscall(SYS_shmget, 4711, 4096, 01666) >= 0) return escaped("shared memory");
    if (syscall(SYS_msgget, 4711, 01666) >= 0) return escaped("message queue");
    if (syscall(SYS_semget, 4711, 1, 01666) >= 0) return escaped("semaphore");
    return 0;
}

static int find_message(char **args) {
    (void)args;
    struct stat found;
    if (stat("/tmp/message", &found) == 0) return escaped("/tmp/message");
    if (stat("/dev/shm/message", &found) == 0) return escaped("/dev/shm/message");
    if (stat("/tmp", &found) != 0 || (found.st_mode & 07777) != 01777) return escaped("mode of /tmp");
    return 0;
}

static int litter(char **args) {
    (void)args;
    umask(0);
    symlink("/etc/passwd", "link");
    symlink("/", "rootlink");
    link("/etc/passwd", "hardlink");
    mkfifo("fifo", 0666);
    mkdir("folder", 0777);
    mkdir("closed", 0000);
    int file = open("folder/file", O_CREAT | O_WRONLY, 0666);
    write(file, "content", 7);
    for (int i = 0; i < 100; i++) {
        mkdir("deep", 0777);
        if (chdir("deep") != 0) break;
    }
    return 0;
}

/* Seeing and writing what is not its own. */

static int read_host(char **args) {
    (void)args;
    const char *paths[] = {"/etc/shadow", "/root", "/home", "/var", "/sys", "/proc/1/environ", "/proc/1/root/etc",
                           "/proc/kmsg", "/proc/sys", "/proc/meminfo", "/proc/keys", "/dev/tty", "/dev/vda",
                           "/dev/mem", "/dev/kmsg", "/dev/pts", "/proc/1/fd", "/proc/1/cwd/etc"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (open(paths[i], O_RDONLY) >= 0) return escaped(paths[i]);
    return 0;
}

static int see_processes(char **args) {
    (void)args;
    DIR *proc = opendir("/proc");
    if (!proc) return escaped("no /proc");
    int own = 0;
    for (struct dirent *entry; (entry = readdir(proc));) {
        int process = atoi(entry->d_name);
        if (process == getpid()) own = 1;
        else if (process > 1) return escaped(entry->d_name);
    }
    return own ? 0 : escaped("does not see itself");
}

static int write_outside(char **args) {
    (void)args;
    const char *paths[] = {"/x", "/etc/passwd", "/usr/x", "/work/x", "/dev/x", "/proc/self/oom_score_adj",
                           "/proc/self/uid_map", "/bin/x"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (open(paths[i], O_CREAT | O_WRONLY, 0600) >= 0) return escaped(paths[i]);
    if (chmod("/work", 0777) == 0) return escaped("chmod /work");
    if (chmod("/dev/null", 0) == 0) return escaped("chmod /dev/null");
    return 0;
}

static int inherited(char **args) {
    for (int fd = 3; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) >= 0) return escaped("an open descriptor");
    int variables = 0;
    while (environ[variables]) variables++;
    if (variables != number_of(args)) return escaped("a variable");
    sigset_t blocked;
    sigprocmask(SIG_BLOCK, 0, &blocked);
    for (int i = 1; i < 32; i++) {
        struct sigaction action;
        if (sigismember(&blocked, i)) return escaped("a blocked signal");
        if (sigaction(i, 0, &action) == 0 && action.sa_handler != SIG_DFL) return escaped("an ignored signal");
    }
    if (getsid(0) != getpid()) return escaped("a session");
    return 0;
}

static int alter_input(char **args) {
    (void)args;
    char first;
    if (read(0, &first, 1) != 1 || first != 'i') return escaped("could not read the input");
    const char *ways[] = {"/proc/self/fd/0", "/dev/stdin", "/dev/fd/0"};
    for (int i = 0; i < 3; i++) {
        int again = open(ways[i], O_RDWR);
        if (again >= 0 && write(again, "X", 1) == 1) return escaped(ways[i]);
        again = open(ways[i], O_WRONLY | O_TRUNC);
        if (again >= 0 && write(again, "X", 1) == 1) return escaped(ways[i]);
    }
    if (write(0, "X", 1) == 1) return escaped("write");
    if (ftruncate(0, 0) == 0) return escaped("ftruncate");
    fchmod(0, 0777);
    truncate("/proc/self/fd/0", 0);
    if (mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, 0, 0) != MAP_FAILED) return escaped("mmap");
    return 0;
}

static int privileged(char **args) {
    (void)args;
    if (setuid(0) == 0) return escaped("setuid");
    if (prctl(PR_CAPBSET_READ, 21, 0, 0, 0) != 0) return escaped("CAP_SYS_ADMIN in the bounding set");
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return escaped("new privileges");
    if (setpriority(PRIO_PROCESS, 0, -5) == 0) return escaped("priority");
    struct sched_param realtime = {1};
    if (sched_setscheduler(0, SCHED_FIFO, &realtime) == 0) return escaped("real time");
    struct rlimit more = {1 << 20, 1 << 20};
    if (setrlimit(RLIMIT_NOFILE, &more) == 0) return escaped("a higher limit");
    return 0;
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

/* Leaves open files in sockets that hold each other: the kernel finds them some time after the run. */
static int leave_in_flight(char **args) {
    char path[256];
    snprintf(path, sizeof path, "%s/in-flight", args[0]);
    int file = open(path, O_CREAT | O_RDWR, 0600), status = open("/proc/self/status", O_RDONLY), pair[2];
    if (file < 0 || status < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return escaped("no files to send");
    for (int i = 0; i < 2; i++) {
        int sent[] = {file, status, pair[0], pair[1]};
        char space[CMSG_SPACE(sizeof sent)] = {0};
        struct iovec part = {"x", 1};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET, rights->cmsg_type = SCM_RIGHTS, rights->cmsg_len = CMSG_LEN(sizeof sent);
        memcpy(CMSG_DATA(rights), sent, sizeof sent);
        if (sendmsg(pair[i], &message, 0) != 1) return errno == EACCES ? 2 : escaped("could not send");
    }
    return 0;
}

static int lock_folder(char **args) { return chmod(args[0], 0) == 0 ? 0 : escaped("could not"); }

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

static void *heap_of_thread(void *bytes) {
    char *memory = malloc((size_t)bytes);
    touch(memory, (size_t)bytes);
    for (;;) pause();
    return memory;
}

/* Allocates in a thread whose process looks dead, because its first thread is. */
static int heap_without_leader(char **args) {
    pthread_t thread;
    pthread_create(&thread, 0, heap_of_thread, (void *)((size_t)number_of(args) * MIB));
    pthread_exit(0);
    return 0;
}

/* System calls. */

static int call(char **args) {
    long result = syscall(number_of(args), 0, 0, 0, 0, 0, 0);
    fprintf(stderr, "returned %ld, %s\n", result, strerror(errno));
    return result >= 0 ? 1 : 2;
}

static int refused(char **args) {
    long result = syscall(number_of(args), 0, 0, 0, 0, 0, 0);
    return result < 0 && errno == atoi(args[1]) ? 0 : escaped(strerror(errno));
}

static int new_namespace(char **args) {
    (void)args;
    syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    return escaped("a user namespace");
}

static int foreign_call(char **args) {
    (void)args;
#ifdef __x86_64__
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
    return escaped("a 32-bit call");
#else
    return escaped("this architecture has no other convention");
#endif
}

static int x32_call(char **args) {
    (void)args;
    syscall(0x40000000L | 39);
    return escaped("an x32 call");
}

static int socket_of(char **args) {
    return socket(number_of(args), SOCK_STREAM, 0) >= 0 ? escaped("a socket") : 0;
}

static const struct {
    const char *name;
    int (*run)(char **);
} MISBEHAVIOURS[] = {
    {"exit", exit_with}, {"die-of", die_of}, {"segfault", segfault},
    {"fork-bomb", fork_bomb}, {"thread-bomb", thread_bomb},
    {"heap", heap}, {"shared-mapping", shared_mapping}, {"memory-of-children", memory_of_children},
    {"huge-pages", huge_pages}, {"recursion", recursion}, {"fill", fill}, {"many-files", many_files},
    {"print", print}, {"print-unaware", print_unaware}, {"sparse", sparse},
    {"sleep", sleep_long}, {"busy", busy}, {"busy-for-ms", busy_for_ms}, {"busy-children", busy_children},
    {"deaf-and-busy", deaf_and_busy}, {"stop-self", stop_self}, {"stop-parent", stop_parent},
    {"daemon", daemon_left_behind}, {"kill-everyone", kill_everyone},
    {"leave-message", leave_message}, {"find-message", find_message}, {"litter", litter},
    {"read-host", read_host}, {"see-processes", see_processes}, {"write-outside", write_outside},
    {"inherited", inherited}, {"alter-input", alter_input}, {"privileged", privileged},
    {"reserve", reserve}, {"bewitch-outputs", bewitch_outputs}, {"starve-init", starve_init},
    {"die-asking", die_asking}, {"leave-in-flight", leave_in_flight}, {"lock-folder", lock_folder},
    {"busy-unwaited", busy_unwaited}, {"heap-without-leader", heap_without_leader},
    {"call", call}, {"refused", refused}, {"new-namespace", new_namespace},
    {"foreign-call", foreign_call}, {"x32-call", x32_call}, {"socket", socket_of},
};

int main(int argc, char **argv) {
    for (size_t i = 0; argc > 1 && i < sizeof MISBEHAVIOURS / sizeof *MISBEHAVIOURS; i++)
        if (strcmp(argv[1], MISBEHAVIOURS[i].name) == 0) return MISBEHAVIOURS[i].run(argv + 2);
    fprintf(stderr, "no such misbehaviour\n");
    return 99;
}
