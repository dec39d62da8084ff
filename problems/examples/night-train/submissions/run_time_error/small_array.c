#include <stdio.h>
#include <stdlib.h>

#define MAX_CITIES 10

static long long arrival[MAX_CITIES + 1];

int main(void) {
    int n, m;
    if (scanf("%d %d", &n, &m) != 2) return 1;
    if (n > MAX_CITIES) abort();
    int a[100], b[100];
    long long t[100];
    for (int i = 0; i < m; ++i)
        if (scanf("%d %d %lld", &a[i], &b[i], &t[i]) != 3) return 1;
    for (int city = 2; city <= n; ++city) arrival[city] = -1;
    for (int round = 0; round < n; ++round)
        for (int i = 0; i < 2 * m; ++i) {
            int from = i % 2 ? a[i / 2] : b[i / 2], to = i % 2 ? b[i / 2] : a[i / 2];
            long long time = arrival[from] + t[i / 2];
            if (arrival[from] >= 0 && (arrival[to] < 0 || time < arrival[to])) arrival[to] = time;
        }
    printf("%lld\n", arrival[n]);
    return 0;
}
