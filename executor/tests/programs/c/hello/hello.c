#include <stdio.h>
#include <math.h>
int main(void) {
    char name[100];
    if (scanf("%99s", name) != 1) return 1;
    printf("hello %s\n", sqrt(4.0) == 2.0 ? name : "nobody");
}
