#ifndef HEAP_H
#define HEAP_H

struct stop {
    long long time;
    int city;
};

int heap_size(void);
void heap_push(long long time, int city);
struct stop heap_pop(void);

#endif
