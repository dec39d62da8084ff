/* Rights that a program does not have. */
#include "hostile.h"
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static int privileged(char **args) {
    (void)args;
    if (setuid(0) == 0) return escaped("setuid");
    if (setgid(0) == 0) return escaped("setgid");
    if (setreuid(0, 0) == 0 || setresuid(0, 0, 0) == 0) return escaped("setresuid");
    if (prctl(PR_CAPBSET_READ, 21, 0, 0, 0) != 0) return escaped("CAP_SYS_ADMIN in the bounding set");
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1) return escaped("new privileges");
    struct rlimit more = {1 << 20, 1 << 20};
    if (setrlimit(RLIMIT_NOFILE, &more) == 0) return escaped("a higher limit");
    return 0;
}

/* Of the five sets of capabilities, none may hold any. */
static int capable(char **args) {
    (void)args;
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    for (int sets = 0; status && fgets(line, sizeof line, status);)
        if (strncmp(line, "Cap", 3) == 0) {
            if (strtoull(line + 8, 0, 16) != 0) return escaped(line);
            if (++sets == 5) return 0;
        }
    return impossible("/proc/self/status");
}

static int new_namespace(char **args) {
    syscall(SYS_clone, strtol(args[0], 0, 16) | SIGCHLD, 0, 0, 0, 0);
    return escaped("a namespace");
}

static int new_namespace_refused(char **args) {
    long child = syscall(SYS_clone, strtol(args[0], 0, 16) | SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    return child > 0 ? escaped("a namespace") : 0;
}

/* Types into the terminal that the judge was started from. */
static int type_into_terminal(char **args) {
    (void)args;
    char letter = 'x';
    for (int fd = 0; fd < 3; fd++)
        if (ioctl(fd, TIOCSTI, &letter) == 0) return escaped("typed");
    if (ioctl(1, 0x541cL /* TIOCLINUX */, &letter) == 0) return escaped("pasted");
    return ioctl(0, TIOCSCTTY, 0) == 0 ? escaped("a terminal of its own") : 0;
}

/* An ioctl of each kind that must not reach a driver or a file system: none may get as far as to look. */
static int odd_ioctls(char **args) {
    (void)args;
    unsigned long requests[] = {TIOCSTI, 0x541cL, TIOCSCTTY, TIOCSETD, 0x40049409L /* FICLONE */, 0x40086602L /* SETFLAGS */,
                                0xc0045878L /* FREEZE */, 0x4030582aL /* RESVSP64 */, 0x801c581fL /* FSGETXATTR */};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
        if (ioctl(1, requests[i], 0) == 0 || errno != ENOTTY) return escaped(strerror(errno));
    return 0;
}

/* args: option, then what it must fail with; an option that is let through answers otherwise. */
static int control(char **args) {
    long result = prctl((int)strtol(args[0], 0, 0), args[1] ? strtol(args[1], 0, 0) : 0, 0, 0, 0);
    return result < 0 && errno == EINVAL ? 0 : escaped("an option of prctl");
}

static int change_limits_of_init(char **args) {
    (void)args;
    struct rlimit none = {0, 0};
    return prlimit(1, RLIMIT_NOFILE, &none, 0) == 0 ? escaped("another's limits") : 0;
}

const struct misbehaviour PRIVILEGES[] = {
    {"privileged", privileged}, {"capable", capable}, {"new-namespace", new_namespace},
    {"new-namespace-refused", new_namespace_refused}, {"type-into-terminal", type_into_terminal}, {"odd-ioctls", odd_ioctls},
    {"control", control}, {"change-limits-of-init", change_limits_of_init},
    {0, 0},
};
