/* One named misbehaviour each. Exit code 0: it was contained; 1: it was not, and standard error says
 * how; 2: it could not be tried. Those that a limit should end never come to their exit. */
#ifndef HOSTILE_H
#define HOSTILE_H
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB (1 << 20)

struct misbehaviour {
    const char *name;
    int (*run)(char **);
};

/* One table for each subject, ended by an entry without a name. */
extern const struct misbehaviour PROCESSES[], MEMORY[], OUTPUT[], TIME[], FILES[], SECRETS[], NETWORK[], PRIVILEGES[],
    SYSCALLS[], MESSAGES[], WATCHING[];

int escaped(const char *what);
int impossible(const char *what);
int number_of(char **args);
/* Says that the message is left, and keeps it there until the judge adds to standard input. */
int hold(void);
/* A path in the temporary folder. */
const char *temporary(const char *name);
/* A file of the host that every box can read. */
const char *shared_path(void);
void touch(volatile char *memory, size_t bytes);

#endif
