/* What programs may try where nothing but a filter, limits and rules on files holds them: they share
 * the host's file system and processes. Exit code 0: it was contained; 1: it was not. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int escaped(const char *what) {
    fprintf(stderr, "not contained: %s: %s\n", what, strerror(errno));
    return 1;
}

static int write_into(const char *folder, const char *name, size_t bytes) {
    char path[4096], block[4096] = {0};
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int file = open(path, O_CREAT | O_WRONLY, 0600);
    if (file < 0) return -1;
    for (size_t written = 0; written < bytes; written += sizeof block)
        if (write(file, block, sizeof block) < 0) return -1;
    return close(file);
}

static int tell(char **args) {
    char cwd[4096];
    printf("%s\n%s\n", getcwd(cwd, sizeof cwd), getenv("TMPDIR"));
    return 0;
}

/* Leaves processes behind in every way, some of which never stand still. */
static int leave_processes(char **args) {
    for (int way = 0; way < 8; way++) {
        if (fork() != 0) continue;
        if (way & 1) setsid();
        if (way & 2) setpgid(0, 0);
        for (int i = 1; i < 64; i++) signal(i, SIG_IGN);
        if (fork() != 0) _exit(0);
        for (int i = 0; way & 4; i++) {
            pid_t child = fork();
            if (child > 0) _exit(0);
        }
        for (;;) pause();
    }
    usleep(20000);
    return 0;
}

/* Sends signals to those who are not its own. */
static int signal_others(char **args) {
    kill(getppid(), SIGKILL);
    for (; *args; args++) {
        pid_t other = atoi(*args);
        if (kill(other, 0) == 0) return escaped("kill");
        kill(other, SIGKILL);
        kill(-other, SIGKILL);
        union sigval value = {0};
        if (sigqueue(other, 0, value) == 0) return escaped("sigqueue");
        int pipes[2];
        pipe(pipes);
        struct f_owner_ex owner = {F_OWNER_PID, other};
        /* With a user of its own, it may ask for signals that are never sent. */
        if (getuid() == (uid_t)atoi(getenv("OWNER_ID")) && fcntl(pipes[0], F_SETOWN, other) == 0) return escaped("F_SETOWN");
        if (getuid() == (uid_t)atoi(getenv("OWNER_ID")) && fcntl(pipes[0], F_SETOWN_EX, &owner) == 0) return escaped("F_SETOWN_EX");
        struct rlimit none = {0, 0};
        if (prlimit(other, RLIMIT_CORE, &none, 0) == 0) return escaped("prlimit");
        if (setpriority(PRIO_PROCESS, other, 19) == 0) return escaped("setpriority");
    }
    return 0;
}

static int abort_(char **args) { abort(); }

/* Changes files that it may only read. */
static int change_files(char **args) {
    for (; *args; args++) {
        if (open(*args, O_WRONLY) >= 0) return escaped(*args);
        if (open(*args, O_RDWR) >= 0) return escaped(*args);
        if (open(*args, O_RDONLY | O_TRUNC) >= 0) return escaped("O_TRUNC");
        if (truncate(*args, 0) == 0) return escaped("truncate");
        if (chmod(*args, 0777) == 0) return escaped("chmod");
        if (unlink(*args) == 0) return escaped("unlink");
        if (rename(*args, "elsewhere") == 0) return escaped("rename");
        if (link(*args, "link") == 0) return escaped("link");
        if (utimensat(AT_FDCWD, *args, 0, 0) == 0) return escaped("utimensat");
        int file = open(*args, O_RDONLY);
        if (file >= 0 && fchmod(file, 0) == 0) return escaped("fchmod");
    }
    if (write_into(".", "new", 1) == 0) return escaped("a new file");
    if (mkdir("folder", 0700) == 0) return escaped("a new folder");
    return 0;
}

/* Reads what is not its own. */
static int read_files(char **args) {
    for (; *args; args++)
        if (open(*args, O_RDONLY) >= 0) return escaped(*args);
    return 0;
}

static int use_null(char **args) {
    int modes[] = {O_RDONLY, O_WRONLY, O_RDWR, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC};
    for (int i = 0; i < 4; i++) {
        int null = open("/dev/null", modes[i], 0666);
        if (null < 0) return escaped("/dev/null");
        if (modes[i] != O_RDONLY && write(null, "x", 1) != 1) return escaped("write to /dev/null");
        if (!(fcntl(null, F_GETFD) & FD_CLOEXEC) != !(modes[i] & O_CLOEXEC)) return escaped("flags");
    }
    return 0;
}

/* Starts a program to which the kernel refuses this call, as if it did not have it. */
static int without(char **args) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, atoi(args[0]), 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EOPNOTSUPP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {4, filter};
    if (geteuid() != 0) prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0) return 98;
    execv(args[1], args + 1);
    return 98;
}

static int fill(char **args) {
    for (int i = 0;; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d", i);
        if (write_into(args[0], name, 1 << 20) != 0) return errno == EACCES ? 2 : escaped("could not write");
    }
}

/* Fills files that it has removed already. */
static int fill_nameless(char **args) {
    char block[1 << 16] = {0};
    for (int i = 0; i < 200; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%d", args[0], i);
        int file = open(path, O_CREAT | O_RDWR, 0600);
        if (file < 0 || unlink(path) != 0) return escaped("could not make a file");
        for (int k = 0; k < 64; k++) write(file, block, sizeof block);
    }
    for (;;) pause();
}

static int sleep_in_many(char **args) {
    for (int i = 0; i < 5; i++)
        if (fork() == 0) break;
    if (fork() == 0) setsid();
    for (;;) pause();
}

static int write_once(char **args) { return write_into(".", "file", (size_t)atoi(args[0]) << 20) == 0 ? 0 : escaped("could not write"); }

static int many_files(char **args) {
    for (int i = 0;; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d", i);
        if (write_into(".", name, 0) != 0) return escaped("could not write");
    }
}

/* Deeper than a path can say, closed, and wide. */
static int bury(char **args) {
    mkdir("closed", 0700);
    mkdir("closed/inner", 0700);
    write_into("closed/inner", "file", 10);
    chmod("closed/inner", 0);
    chmod("closed", 0);
    mkdir("wide", 0700);
    for (int i = 0; i < 3000; i++) {
        char name[32];
        snprintf(name, sizeof name, "%d", i);
        write_into("wide", name, 0);
    }
    mkfifo("fifo", 0600);
    symlink("/", "link");
    for (int i = 0; i < atoi(args[0]); i++) {
        if (mkdir("deep", 0700) != 0 || chdir("deep") != 0) return escaped("could not go deeper");
        if (i % 100 == 0) write_into(".", "file", 10);
    }
    for (int i = 0; i < 10; i++) chmod(".", 0), chdir("..");
    return 0;
}

static const struct {
    const char *name;
    int (*run)(char **);
} ACTS[] = {
    {"tell", tell}, {"leave-processes", leave_processes}, {"signal-others", signal_others}, {"abort", abort_},
    {"change-files", change_files}, {"read-files", read_files}, {"use-null", use_null},
    {"without", without}, {"fill", fill}, {"write-once", write_once}, {"fill-nameless", fill_nameless}, {"sleep-in-many", sleep_in_many}, {"many-files", many_files}, {"bury", bury},
};

int main(int argc, char **argv) {
    for (size_t i = 0; argc > 1 && i < sizeof ACTS / sizeof *ACTS; i++)
        if (strcmp(argv[1], ACTS[i].name) == 0) return ACTS[i].run(argv + 2);
    return 99;
}
