#include <stdio.h>
#include "heap.h"

#define MAX_CITIES 10001
#define MAX_ENDS 100000

static int first[MAX_CITIES], next_end[MAX_ENDS + 1], city_at[MAX_ENDS + 1];
static long long minutes[MAX_ENDS + 1], arrival[MAX_CITIES];

static void add(int end, int from, int to, long long t) {
    city_at[end] = to;
    minutes[end] = t;
    next_end[end] = first[from];
    first[from] = end;
}

int main(void) {
    int n, m, ends = 0;
    if (scanf("%d %d", &n, &m) != 2) return 1;
    for (int i = 0; i < m; ++i) {
        int a, b;
        long long t;
        if (scanf("%d %d %lld", &a, &b, &t) != 3) return 1;
        add(++ends, a, b, t);
        add(++ends, b, a, t);
    }
    for (int city = 1; city <= n; ++city) arrival[city] = -1;
    heap_push(0, 1);
    while (heap_size() > 0) {
        struct stop stop = heap_pop();
        if (arrival[stop.city] >= 0) continue;
        arrival[stop.city] = stop.time;
        for (int end = first[stop.city]; end != 0; end = next_end[end])
            heap_push(stop.time + minutes[end], city_at[end]);
    }
    printf("%lld\n", arrival[n]);
    return 0;
}
