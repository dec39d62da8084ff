#include "heap.h"

static struct stop heap[200001];
static int size = 0;

int heap_size(void) { return size; }

void heap_push(long long time, int city) {
    int at = size++;
    while (at > 0 && heap[(at - 1) / 2].time > time) {
        heap[at] = heap[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    heap[at] = (struct stop){time, city};
}

struct stop heap_pop(void) {
    struct stop top = heap[0], last = heap[--size];
    int at = 0;
    for (;;) {
        int child = 2 * at + 1;
        if (child >= size) break;
        if (child + 1 < size && heap[child + 1].time < heap[child].time) ++child;
        if (heap[child].time >= last.time) break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
    return top;
}
