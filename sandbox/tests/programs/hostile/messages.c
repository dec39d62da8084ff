/* A message left by one run (leave-…) and looked for by another (find-…), in the same box or in one
 * beside it. Whoever finds one exits with 1. Those that only a living process can leave are held. */
#include "hostile.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

enum { KEY = 4711 };

static int shared_file(void) { return open(shared_path(), O_RDONLY); }

static int leave_in_folders(char **args) {
    (void)args;
    const char *places[] = {temporary("message"), "/dev/shm/message"};
    for (int i = 0; i < 2; i++) {
        int file = open(places[i], O_CREAT | O_WRONLY, 0666);
        if (file < 0 && errno == EACCES) continue;
        if (file < 0 || write(file, "x", 1) != 1) return impossible(places[i]);
    }
    chmod(temporary("."), 0700);
    return 0;
}

static int find_in_folders(char **args) {
    (void)args;
    struct stat found;
    if (stat(temporary("message"), &found) == 0) return escaped("the temporary folder");
    if (stat("/dev/shm/message", &found) == 0) return escaped("/dev/shm/message");
    int file = open(temporary("fresh"), O_CREAT | O_EXCL | O_WRONLY, 0600);
    if (file < 0 && errno == EACCES) return 0; /* as where nothing may be made */
    return file < 0 || write(file, "x", 1) != 1 ? escaped("no room in the temporary folder") : 0;
}

static int leave_key(char **args) {
    (void)args;
    syscall(SYS_add_key, "user", "message", "x", 1, -4 /* the user's keyring */);
    return 0;
}

static int find_key(char **args) {
    (void)args;
    return syscall(SYS_request_key, "user", "message", 0, 0) >= 0 ? escaped("a key") : 0;
}

static int leave_flock(char **args) {
    (void)args;
    flock(shared_file(), LOCK_EX | LOCK_NB);
    return hold();
}

static int find_flock(char **args) {
    (void)args;
    return flock(shared_file(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK ? escaped("a lock") : 0;
}

/* args: the command that takes, and the one that tells */
static int leave_record_lock(char **args) {
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1};
    fcntl(shared_file(), number_of(args), &lock);
    return hold();
}

static int find_record_lock(char **args) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 1, .l_len = 1};
    return fcntl(shared_file(), number_of(args), &lock) == 0 && lock.l_type != F_UNLCK ? escaped("a lock") : 0;
}

static int leave_write_hint(char **args) {
    (void)args;
    unsigned long hint = 4;
    fcntl(shared_file(), F_SET_RW_HINT, &hint);
    return 0;
}

static int find_write_hint(char **args) {
    (void)args;
    unsigned long hint = 0;
    return fcntl(shared_file(), F_GET_RW_HINT, &hint) == 0 && hint == 4 ? escaped("a hint") : 0;
}

static int leave_times(char **args) {
    (void)args;
    struct timespec then[2] = {{KEY, 0}, {KEY, 0}};
    utimensat(AT_FDCWD, shared_path(), then, 0);
    futimens(0, then);
    return 0;
}

static int find_times(char **args) {
    (void)args;
    struct stat found;
    if (stat(shared_path(), &found) != 0) return impossible(shared_path());
    return found.st_mtime == KEY || found.st_atime == KEY ? escaped("the time of a file") : 0;
}

/* Reading is enough to change when a file was read last: unless nobody keeps that. */
static int leave_reading(char **args) {
    (void)args;
    char byte;
    int file = shared_file();
    if (file < 0 || read(0, &byte, 1) != 1 || read(file, &byte, 1) != 1) return impossible("read");
    return 0;
}

static int find_reading(char **args) {
    (void)args;
    struct stat found[2];
    if (fstat(0, found) != 0 || stat(shared_path(), found + 1) != 0) return impossible("stat");
    for (int i = 0; i < 2; i++)
        if (found[i].st_atim.tv_sec != found[i].st_mtim.tv_sec || found[i].st_atim.tv_nsec != found[i].st_mtim.tv_nsec)
            return escaped(i ? "a mounted file was read" : "an input was read");
    return 0;
}

static int leave_system_v(char **args) {
    (void)args;
    syscall(SYS_shmget, KEY, 4096, 01666);
    syscall(SYS_msgget, KEY, 01666);
    syscall(SYS_semget, KEY, 1, 01666);
    return 0;
}

static int find_system_v(char **args) {
    (void)args;
    if (syscall(SYS_shmget, KEY, 0, 0) >= 0) return escaped("shared memory");
    if (syscall(SYS_msgget, KEY, 0) >= 0) return escaped("a message queue");
    return syscall(SYS_semget, KEY, 0, 0) >= 0 ? escaped("a semaphore") : 0;
}

static int leave_in_queue(char **args) {
    (void)args;
    syscall(SYS_mq_open, "message", O_CREAT | O_RDWR, 0666, 0);
    return 0;
}

static int find_in_queue(char **args) {
    (void)args;
    return syscall(SYS_mq_open, "message", O_RDONLY, 0, 0) >= 0 ? escaped("a message queue") : 0;
}

static socklen_t abstract_name(struct sockaddr_un *name) {
    name->sun_family = AF_UNIX;
    memcpy(name->sun_path, "\0gavel-message", 14);
    return offsetof(struct sockaddr_un, sun_path) + 14;
}

static int leave_name(char **args) {
    (void)args;
    struct sockaddr_un name;
    socklen_t length = abstract_name(&name);
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(listening, (void *)&name, length);
    listen(listening, 1);
    return hold();
}

static int find_name(char **args) {
    (void)args;
    struct sockaddr_un name;
    socklen_t length = abstract_name(&name);
    return connect(socket(AF_UNIX, SOCK_STREAM, 0), (void *)&name, length) == 0 ? escaped("a name") : 0;
}

static int leave_process_numbers(char **args) {
    (void)args;
    for (int i = 0; i < 500; i++) {
        pid_t child = fork();
        if (child == 0) _exit(0);
        waitpid(child, 0, 0);
    }
    return 0;
}

static int find_process_numbers(char **args) {
    (void)args;
    return getpid() > 300 ? escaped("the processes of others are counted") : 0;
}

/* A page of a shared file, which two boxes have at the same place. */
static void *shared_page(void) { return mmap(0, 4096, PROT_READ, MAP_SHARED, shared_file(), 0); }

static void *wait_for_wake(void *page) {
    syscall(SYS_futex, page, FUTEX_WAIT, *(int *)page, 0, 0, 0);
    return 0;
}

static int leave_waiter(char **args) {
    (void)args;
    pthread_t thread;
    void *page = shared_page();
    if (page == MAP_FAILED) return impossible("mmap");
    pthread_create(&thread, 0, wait_for_wake, page);
    return hold();
}

static int find_waiter(char **args) {
    (void)args;
    void *page = shared_page();
    if (page == MAP_FAILED) return impossible("mmap");
    for (int i = 0; i < 200; i++) {
        if (syscall(SYS_futex, page, FUTEX_WAKE, 1, 0, 0, 0) > 0) return escaped("somebody waits there");
        usleep(1000);
    }
    return 0;
}

const struct misbehaviour MESSAGES[] = {
    {"leave-in-folders", leave_in_folders}, {"find-in-folders", find_in_folders}, {"leave-key", leave_key}, {"find-key", find_key},
    {"leave-flock", leave_flock}, {"find-flock", find_flock}, {"leave-record-lock", leave_record_lock},
    {"find-record-lock", find_record_lock}, {"leave-write-hint", leave_write_hint}, {"find-write-hint", find_write_hint},
    {"leave-times", leave_times}, {"find-times", find_times}, {"leave-reading", leave_reading}, {"find-reading", find_reading},
    {"leave-system-v", leave_system_v}, {"find-system-v", find_system_v}, {"leave-in-queue", leave_in_queue},
    {"find-in-queue", find_in_queue}, {"leave-name", leave_name}, {"find-name", find_name},
    {"leave-process-numbers", leave_process_numbers}, {"find-process-numbers", find_process_numbers},
    {"leave-waiter", leave_waiter}, {"find-waiter", find_waiter},
    {0, 0},
};
