/* System calls by number, and by other conventions than the architecture's own. */
#include "hostile.h"

static int call(char **args) {
    long result = syscall(number_of(args), 0, 0, 0, 0, 0, 0);
    fprintf(stderr, "returned %ld, %s\n", result, strerror(errno));
    return result >= 0 ? 1 : 2;
}

static int refused(char **args) {
    long result = syscall(number_of(args), 0, 0, 0, 0, 0, 0);
    return result < 0 && errno == atoi(args[1]) ? 0 : escaped(strerror(errno));
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

/* A call from a thread, from a child and from a handler: the filter must hold there too. */
static void call_in_handler(int signal) {
    (void)signal;
    syscall(SYS_ptrace, 0, 0, 0, 0);
}

static int call_in_child(char **args) {
    (void)args;
    signal(SIGUSR1, call_in_handler);
    if (fork() == 0) raise(SIGUSR1);
    wait(0);
    return escaped("a child without the filter");
}

static int call_after_exec(char **args) {
    execl("/proc/self/exe", "hostile", "call", args[0], NULL);
    return impossible("execl");
}

const struct misbehaviour SYSCALLS[] = {
    {"call", call}, {"refused", refused}, {"foreign-call", foreign_call}, {"x32-call", x32_call},
    {"call-in-child", call_in_child}, {"call-after-exec", call_after_exec},
    {0, 0},
};
