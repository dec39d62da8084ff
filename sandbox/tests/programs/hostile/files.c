/* Files that are not the program's to make, fill or change. */
#include "hostile.h"
#include <sys/resource.h>
#include <sys/sysmacros.h>
#include <sys/time.h>

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

/* Folders in folders, deeper than any path is long. */
static int deep_folders(char **args) {
    if (chdir(args[0]) != 0) return impossible(args[0]);
    for (int i = 0; i < 1000000; i++)
        if (mkdir("a", 0777) != 0 || chdir("a") != 0) return errno == ENOSPC ? 0 : escaped(strerror(errno));
    return escaped("never full");
}

/* What a judge might stumble over. */
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

/* The same name, as something that must not be followed, opened or waited for. */
static int booby_trap(char **args) {
    unlink("answer");
    if (strcmp(args[0], "symlink") == 0) return symlink("/etc/shadow", "answer");
    if (strcmp(args[0], "fifo") == 0) return mkfifo("answer", 0666);
    if (strcmp(args[0], "folder") == 0) return mkdir("answer", 0777);
    return 2;
}

static int hard_link(char **args) {
    (void)args;
    return link(shared_path(), "hardlink") == 0 || link(shared_path(), temporary("hardlink")) == 0
               ? escaped("a second name for a file of the host")
               : 0;
}

static int write_outside(char **args) {
    (void)args;
    const char *paths[] = {"/x", "/etc/passwd", "/usr/x", "/work/x", "/dev/x", "/proc/self/oom_score_adj",
                           "/proc/self/uid_map", "/bin/x", "/proc/sys/kernel/core_pattern", "/proc/self/comm"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (open(paths[i], O_CREAT | O_WRONLY, 0600) >= 0) return escaped(paths[i]);
    if (chmod("/work", 0777) == 0) return escaped("chmod /work");
    if (chmod("/dev/null", 0) == 0) return escaped("chmod /dev/null");
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

static int lock_folder(char **args) { return chmod(args[0], 0) == 0 ? 0 : escaped("could not"); }

/* Nodes of devices, which reach around every file system. */
static int make_device(char **args) {
    (void)args;
    if (mknod(temporary("disk"), S_IFBLK | 0666, makedev(254, 0)) == 0) return escaped("a disk");
    if (mknod(temporary("memory"), S_IFCHR | 0666, makedev(1, 1)) == 0) return escaped("the memory");
    return 0;
}

/* Runs a program that belongs to root and would run as root. */
static int run_setuid(char **args) {
    execl(args[0], "hostile", "am-root", NULL);
    return impossible(args[0]);
}

static int am_root(char **args) {
    (void)args;
    return geteuid() == 0 ? escaped("root") : 0;
}

/* A core dump goes to a file, or to a program of the host that runs outside the box as root. */
static int core_dump(char **args) {
    (void)args;
    struct rlimit none = {0, 0}, all = {RLIM_INFINITY, RLIM_INFINITY};
    char line[256];
    long soft = 0, hard = 0;
    FILE *limits = fopen("/proc/self/limits", "r");
    while (limits && fgets(line, sizeof line, limits)) sscanf(line, "Max core file size %ld %ld", &soft, &hard);
    /* 1 keeps even a host from it that pipes its core dumps into a program; 0 does not. */
    if (soft != 1 || hard != 1) return escaped("a core dump");
    if (setrlimit(RLIMIT_CORE, &none) == 0 || setrlimit(RLIMIT_CORE, &all) == 0) return escaped("the limit on core dumps");
    if (prlimit(0, RLIMIT_CORE, &none, 0) == 0) return escaped("the limit on core dumps");
    return 0;
}

/* Leaves every right that it can on a file of its own. */
static int setuid_file(char **args) {
    char path[256];
    snprintf(path, sizeof path, "%s/own", args[0]);
    int file = open(path, O_CREAT | O_WRONLY, 0777);
    if (file < 0) return impossible(path);
    fchmod(file, 06777);
    return fchown(file, 0, 0) == 0 ? escaped("a program of root's") : 0;
}

const struct misbehaviour FILES[] = {
    {"fill", fill}, {"many-files", many_files}, {"deep-folders", deep_folders}, {"litter", litter}, {"booby-trap", booby_trap},
    {"hard-link", hard_link}, {"write-outside", write_outside}, {"alter-input", alter_input}, {"lock-folder", lock_folder},
    {"make-device", make_device}, {"run-setuid", run_setuid}, {"am-root", am_root}, {"core-dump", core_dump},
    {"setuid-file", setuid_file},
    {0, 0},
};
