/* Memory of every kind. */
#include "hostile.h"
#include <pthread.h>
#include <sys/socket.h>

static int heap(char **args) {
    size_t bytes = (size_t)number_of(args) * MIB;
    char *memory = malloc(bytes);
    if (!memory) return escaped("malloc failed");
    touch(memory, bytes);
    return 0;
}

static int mapping(char **args, int flags) {
    size_t bytes = (size_t)number_of(args) * MIB;
    char *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return escaped("mmap failed");
    touch(memory, bytes);
    return 0;
}

static int shared_mapping(char **args) { return mapping(args, MAP_SHARED); }
static int private_mapping(char **args) { return mapping(args, MAP_PRIVATE | MAP_NORESERVE); }

static int huge_pages(char **args) {
    (void)args;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB;
    return mmap(0, 2 * MIB, PROT_READ | PROT_WRITE, flags, -1, 0) == MAP_FAILED && errno == EINVAL ? 0 : escaped("huge pages");
}

static int merged_pages(char **args) {
    (void)args;
    char *memory = mmap(0, MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return madvise(memory, MIB, MADV_MERGEABLE) < 0 && errno == EINVAL ? 0 : escaped("pages shared with other boxes");
}

static int locked_memory(char **args) {
    (void)args;
    size_t bytes = 16 * MIB;
    char *memory = malloc(bytes);
    return mlock(memory, bytes) == 0 ? escaped("memory that cannot be swapped") : 0;
}

/* Shared memory through a file in a folder that is memory: mapped, so that no write is counted. */
static int mapped_file(char **args) {
    size_t bytes = (size_t)atol(args[1]) * MIB;
    char path[256];
    snprintf(path, sizeof path, "%s/mapped", args[0]);
    int file = open(path, O_CREAT | O_RDWR, 0600);
    if (file < 0 || ftruncate(file, (off_t)bytes) != 0) return impossible(path);
    char *memory = mmap(0, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) return impossible("mmap");
    touch(memory, bytes);
    return escaped("more than the folder holds");
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

/* What the kernel keeps for a program, filled through descriptors; how many bytes fitted. */
static size_t fill_buffer(int fd) {
    char block[65536] = {0};
    size_t filled = 0;
    fcntl(fd, F_SETFL, O_NONBLOCK);
    for (ssize_t n; (n = write(fd, block, sizeof block)) > 0;) filled += (size_t)n;
    return filled;
}

static int kernel_buffers(char **args) {
    size_t filled = 0, most = (size_t)atol(args[1]) * MIB;
    for (int fds[2]; filled < most;) {
        if (strcmp(args[0], "pipes") == 0) {
            if (pipe(fds) != 0) break;
            fcntl(fds[1], F_SETPIPE_SZ, MIB);
        } else if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0) {
            break;
        } else {
            filled += fill_buffer(fds[0]);
        }
        filled += fill_buffer(fds[1]);
    }
    fprintf(stderr, "%zu MiB\n", filled / MIB);
    return filled < most ? 0 : escaped("memory of the kernel");
}

/* A page touched here and there: the tables that find them grow, not the pages. */
static int page_tables(char **args) {
    size_t step = 2 * MIB, count = (size_t)number_of(args) * 256;
    char *memory = mmap(0, step * count, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return 0;
    volatile char sum = 0;
    for (size_t i = 0; i < count; i++) sum += memory[i * step]; /* the zero page: only its table is new */
    return escaped("memory of the kernel");
}

/* Reads a file that is larger than the limit: its pages are not the program's. */
static int page_cache(char **args) {
    size_t bytes = (size_t)atol(args[1]) * MIB;
    int file = open(args[0], O_RDONLY);
    if (file < 0) return impossible(args[0]);
    char *block = malloc(MIB);
    size_t seen = 0;
    for (ssize_t n; (n = read(file, block, MIB)) > 0;) seen += (size_t)n;
    return seen >= bytes ? 0 : impossible("file too short");
}

const struct misbehaviour MEMORY[] = {
    {"heap", heap}, {"shared-mapping", shared_mapping}, {"private-mapping", private_mapping},
    {"huge-pages", huge_pages}, {"merged-pages", merged_pages}, {"locked-memory", locked_memory}, {"mapped-file", mapped_file},
    {"memory-of-children", memory_of_children}, {"recursion", recursion}, {"heap-without-leader", heap_without_leader},
    {"kernel-buffers", kernel_buffers}, {"page-tables", page_tables}, {"page-cache", page_cache},
    {0, 0},
};
