/*
 * Lets a program that another judge's protocol starts be an output or input validator of the ICPC problem package
 * format: it gets its arguments in its own order, and its exit code becomes one of the format's.
 *
 * It is compiled together with that program, as C or C++, which stays as it is: glibc hands the arguments to
 * constructors before main, and exit codes to functions that on_exit names.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void end_by_format(int status, void *unused) {
    (void)unused;
    fflush(NULL);
    _exit(EXIT_CODE(status));
}

static void fail(const char *what) {
    perror(what);
    _exit(1);
}

/* What stands on standard input, as a file in `folder`. */
static char *copy_of_output(const char *folder) {
    static const char name[] = "/submission-output";
    static char block[65536];
    char *path = (char *)malloc(strlen(folder) + sizeof name);
    FILE *copy;
    size_t length;
    if (path == NULL) fail("output");
    strcat(strcpy(path, folder), name);
    copy = fopen(path, "wb");
    if (copy == NULL) fail(path);
    while ((length = fread(block, 1, sizeof block, stdin)) > 0) {
        if (fwrite(block, 1, length, copy) != length) fail(path);
    }
    if (fclose(copy) != 0) fail(path);
    return path;
}

__attribute__((constructor)) static void adapt(int argc, char **argv, char **environment) {
    (void)environment;
    (void)copy_of_output;
    (void)argc;
    (void)argv;
    on_exit(end_by_format, NULL);
#ifdef OUTPUT_AT
    if (argc >= 4) {
        char *answer = argv[2];
        char *output = copy_of_output(argv[3]);
        argv[OUTPUT_AT] = output;
        argv[5 - OUTPUT_AT] = answer;
    }
#endif
}
