/* Ways to speak to others. */
#include "hostile.h"
#include <sys/socket.h>
#include <sys/un.h>

/* args: family, type */
static int make_socket(char **args) {
    return socket(number_of(args), args[1] ? atoi(args[1]) : SOCK_STREAM, 0) >= 0 ? escaped("a socket") : 0;
}

static int pair_of(char **args) {
    int pair[2];
    return socketpair(number_of(args), SOCK_STREAM, 0, pair) == 0 ? escaped("a pair of sockets") : 0;
}

/* From a socket that it may have to one of somebody else's. */
static int misuse_pair(char **args) {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) != 0) return impossible("socketpair");
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    memcpy(name.sun_path, "\0gavel-hostile", 14);
    socklen_t length = offsetof(struct sockaddr_un, sun_path) + 14;
    if (strcmp(args[0], "bind") == 0 && bind(pair[0], (void *)&name, length) == 0) return escaped("a name");
    if (strcmp(args[0], "connect") == 0 && (connect(pair[0], (void *)&name, length) == 0 || errno == ECONNREFUSED))
        return escaped("a connection");
    if (strcmp(args[0], "listen") == 0 && listen(pair[0], 1) == 0) return escaped("a server");
    if (strcmp(args[0], "send") == 0 && (sendto(pair[0], "x", 1, 0, (void *)&name, length) == 1 || errno == ECONNREFUSED))
        return escaped("a message to somebody's address");
    return 0;
}

/* Leaves open files in sockets that hold each other: the kernel finds them some time after the run. */
static int leave_in_flight(char **args) {
    char path[256];
    snprintf(path, sizeof path, "%s/in-flight", args[0]);
    int file = open(path, O_CREAT | O_RDWR, 0600), status = open("/proc/self/status", O_RDONLY), pair[2];
    if (file < 0 || status < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return escaped("no files to send");
    for (int i = 0; i < 2; i++) {
        int sent[] = {file, status, pair[0], pair[1]};
        char space[CMSG_SPACE(sizeof sent)] = {0};
        struct iovec part = {"x", 1};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
        struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET, rights->cmsg_type = SCM_RIGHTS, rights->cmsg_len = CMSG_LEN(sizeof sent);
        memcpy(CMSG_DATA(rights), sent, sizeof sent);
        if (sendmsg(pair[i], &message, 0) != 1) return errno == EACCES ? 2 : escaped("could not send");
    }
    return 0;
}

const struct misbehaviour NETWORK[] = {
    {"socket", make_socket}, {"socket-pair", pair_of}, {"misuse-pair", misuse_pair}, {"leave-in-flight", leave_in_flight},
    {0, 0},
};
