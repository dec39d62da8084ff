/* What tells of the host, or of what other boxes do. */
#include "hostile.h"
#include <sys/inotify.h>
#include <sys/statfs.h>
#include <sys/sysinfo.h>
#include <sys/uio.h>
#include <time.h>

static int watch(char **args) {
    int file = open(shared_path(), O_RDONLY);
    if (file < 0) return impossible(shared_path());
    if (strcmp(args[0], "inotify") == 0) return inotify_init1(0) >= 0 ? escaped("inotify") : 0;
    if (strcmp(args[0], "dnotify") == 0)
        return fcntl(open("/", O_RDONLY), F_NOTIFY, DN_ACCESS | DN_MULTISHOT) == 0 ? escaped("F_NOTIFY") : 0;
    if (strcmp(args[0], "lease") == 0)
        return fcntl(file, F_SETLEASE, F_RDLCK) == 0 || errno != ENOLCK ? escaped("a lease") : 0;
    return 2;
}

/* Which pages of a shared file are in memory: others' reading. */
static int see_cached_pages(char **args) {
    (void)args;
    char byte;
    unsigned char resident[1];
    struct iovec part = {&byte, 1};
    int file = open(shared_path(), O_RDONLY);
    void *page = mmap(0, 4096, PROT_READ, MAP_SHARED, file, 0);
    if (preadv2(file, &part, 1, 0, RWF_NOWAIT) >= 0 || errno == EAGAIN) return escaped("preadv2 with RWF_NOWAIT");
    if (mincore(page, 4096, resident) == 0) return escaped("mincore");
    long range[2] = {0, 4096}, answer[5];
    if (syscall(451 /* cachestat */, file, range, answer, 0) == 0) return escaped("cachestat");
    return posix_fadvise(file, 0, 4096, POSIX_FADV_DONTNEED) == 0 ? escaped("POSIX_FADV_DONTNEED") : 0;
}

static int see_disk(char **args) {
    (void)args;
    struct statfs disk;
    if (statfs(shared_path(), &disk) == 0) return escaped("the room on the host's disk");
    return fstatfs(1, &disk) == 0 ? escaped("the room on the disk of the outputs") : 0;
}

/* Load, uptime, processes and memory of the host. */
static int see_load(char **args) {
    (void)args;
    struct sysinfo host;
    memset(&host, 0x55, sizeof host);
    if (sysinfo(&host) != 0) return impossible("sysinfo"); /* qsort of older C libraries relies on it */
    if (host.procs != 1) return escaped("the number of processes");
    if (host.loads[0] || host.loads[1] || host.loads[2]) return escaped("the load");
    if (host.freeram != host.totalram || host.freehigh || host.bufferram || host.totalswap) return escaped("the free memory");
    return host.uptime != 0 ? escaped("the uptime") : 0;
}

/* args: the host's monotonic clock, in seconds */
static int see_uptime(char **args) {
    clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_BOOTTIME};
    for (int i = 0; i < 2; i++) {
        struct timespec now;
        clock_gettime(clocks[i], &now);
        if (now.tv_sec - atol(args[0]) >= 0 && now.tv_sec - atol(args[0]) < 600) return escaped("the host's clock");
    }
    return 0;
}

/* args: what no link of a descriptor may tell */
static int see_name_of_input(char **args) {
    char name[4096] = {0};
    if (readlink("/proc/self/fd/0", name, sizeof name - 1) < 0) return 0;
    return strstr(name, args[0]) ? escaped(name) : 0;
}

/* args: a folder of the host that something was mounted from */
static int see_names_of_mounts(char **args) {
    char line[4096];
    FILE *mounts = fopen("/proc/self/mountinfo", "r");
    while (mounts && fgets(line, sizeof line, mounts))
        if (strstr(line, args[0])) return escaped(line);
    return 0;
}

/* Numbers of pipes are given out by one counter for the whole host. */
static int see_numbers_of_pipes(char **args) {
    (void)args;
    int fds[2];
    struct stat found;
    if (pipe(fds) != 0 || fstat(fds[0], &found) != 0) return impossible("pipe");
    return found.st_ino > 2000 ? escaped("how many pipes and sockets the host has made") : 0;
}

const struct misbehaviour WATCHING[] = {
    {"watch", watch}, {"see-cached-pages", see_cached_pages}, {"see-disk", see_disk}, {"see-load", see_load},
    {"see-uptime", see_uptime}, {"see-name-of-input", see_name_of_input}, {"see-names-of-mounts", see_names_of_mounts},
    {"see-numbers-of-pipes", see_numbers_of_pipes},
    {0, 0},
};
