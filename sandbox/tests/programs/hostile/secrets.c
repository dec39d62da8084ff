/* Looking at what is not the program's to see. */
#include "hostile.h"
#include <ctype.h>

extern char **environ;

/* Any of the paths that can be opened. */
static int read_any(char **args) {
    for (; *args; args++)
        if (open(*args, O_RDONLY) >= 0) return escaped(*args);
    return 0;
}

static int read_host(char **args) {
    (void)args;
    char *paths[] = {"/root", "/home", "/var", "/sys", "/boot", "/srv", "/run", "/opt", "/media", "/mnt", "/lost+found", NULL};
    return read_any(paths);
}

/* What the kernel tells of the host as a whole. */
static int read_kernel(char **args) {
    (void)args;
    char *paths[] = {"/proc/kmsg", "/proc/sys", "/proc/meminfo", "/proc/keys", "/proc/key-users", "/proc/loadavg", "/proc/uptime",
                     "/proc/stat", "/proc/locks", "/proc/cmdline", "/proc/partitions", "/proc/kcore", "/proc/kallsyms",
                     "/proc/modules", "/proc/interrupts", "/proc/vmstat", "/proc/sysvipc", "/proc/timer_list", NULL};
    return read_any(paths);
}

/* The processes above the program. */
static int read_init(char **args) {
    (void)args;
    char *paths[] = {"/proc/1/environ", "/proc/1/root/etc", "/proc/1/fd", "/proc/1/cwd/etc", "/proc/1/mem", "/proc/1/maps",
                     "/proc/1/exe", NULL};
    return read_any(paths);
}

static int read_devices(char **args) {
    (void)args;
    char *paths[] = {"/dev/tty", "/dev/console", "/dev/vda", "/dev/sda", "/dev/mem", "/dev/kmsg", "/dev/pts", "/dev/ptmx",
                     "/dev/userfaultfd", "/dev/kvm", "/dev/fuse", "/dev/net/tun", "/dev/vsock", "/dev/mqueue", "/dev/loop0", NULL};
    return read_any(paths);
}

static int read_groups(char **args) {
    (void)args;
    char *paths[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/cgroup.procs", NULL};
    if (read_any(paths)) return 1;
    char line[512];
    FILE *own = fopen("/proc/self/cgroup", "r");
    while (own && fgets(line, sizeof line, own))
        if (strstr(line, "gavel")) return escaped(line);
    return 0;
}

/* Connections and addresses of the host, through the network that the program sees. */
static int read_network(char **args) {
    (void)args;
    const char *tables[] = {"tcp", "tcp6", "udp", "udp6", "raw", "unix", "netlink", "arp", "route", "packet"};
    char path[64], line[512];
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        snprintf(path, sizeof path, "/proc/self/net/%s", tables[i]);
        FILE *table = fopen(path, "r");
        if (!table || !fgets(line, sizeof line, table)) continue;
        while (fgets(line, sizeof line, table)) {
            /* Unix sockets without a name are the box's own; the kernel has netlink ones in every network. */
            int is_named = strcmp(tables[i], "unix") == 0 && (strchr(line, '/') || strchr(line, '@'));
            int is_foreign = strcmp(tables[i], "unix") != 0 && strcmp(tables[i], "netlink") != 0;
            if (is_named || is_foreign) return escaped(line);
        }
    }
    FILE *devices = fopen("/proc/self/net/dev", "r");
    while (devices && fgets(line, sizeof line, devices)) {
        char *name = line;
        while (isspace((unsigned char)*name)) name++;
        if (strchr(name, ':') && strncmp(name, "lo:", 3) != 0) return escaped(name);
    }
    return 0;
}

/* Descriptors, variables, signals and session that it was started with. */
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

/* Up and out of its root. */
static int climb(char **args) {
    char path[4096];
    for (int i = 0; i < 500; i++) strcpy(path + 3 * i, "../");
    strcat(path, args[0] + 1);
    if (open(path, O_RDONLY) >= 0) return escaped(path);
    snprintf(path, sizeof path, "/proc/self/root/..%s", args[0]);
    if (open(path, O_RDONLY) >= 0) return escaped(path);
    snprintf(path, sizeof path, "/proc/self/cwd/../..%s", args[0]);
    return open(path, O_RDONLY) >= 0 ? escaped(path) : 0;
}

/* A link of its own to what it may not see. */
static int follow_link(char **args) {
    if (symlink(args[0], temporary("link")) != 0) return impossible("symlink");
    return open(temporary("link"), O_RDONLY) >= 0 ? escaped(args[0]) : 0;
}

/* The program's user as the host sees it. */
static int who_am_i(char **args) {
    (void)args;
    unsigned inner = 0, outer = 0, count = 0;
    FILE *map = fopen("/proc/self/uid_map", "r");
    if (map && fscanf(map, "%u %u %u", &inner, &outer, &count) == 3 && count == 1) printf("%u\n", outer);
    else printf("%u\n", getuid());
    return 0;
}

const struct misbehaviour SECRETS[] = {
    {"read", read_any}, {"read-host", read_host}, {"read-kernel", read_kernel}, {"read-init", read_init},
    {"read-devices", read_devices}, {"read-groups", read_groups}, {"read-network", read_network}, {"inherited", inherited},
    {"climb", climb}, {"follow-link", follow_link}, {"who-am-i", who_am_i},
    {0, 0},
};
