#include <stdio.h>

int main(void) {
    int cars, total = 0;
    if (scanf("%d", &cars) != 1) return 1;
    while (cars-- > 0) {
        int h, m, hh, mm, price = 0;
        if (scanf("%d:%d %d:%d", &h, &m, &hh, &mm) != 4) return 1;
        int stay = (hh * 60 + mm - h * 60 - m + 1440) % 1440;
        for (int i = 1; i <= stay; ++i) price += i <= 10 ? 0 : i <= 60 ? 5 : i <= 180 ? 3 : 2;
        if (price > 1000) price = 1000;
        printf("%d\n", price);
        total += price;
    }
    printf("%d\n", total);
    return 0;
}
