#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    int n;
    if (scanf("%d", &n) != 1) return 1;
    char word[64];
    while (n-- > 0 && scanf("%63s", word) == 1) {
        if (strlen(word) > 8) {
            fprintf(stderr, "%s is too long for me\n", word);
            return EXIT_FAILURE;
        }
        if (n % 2 == 0) puts(word);
    }
    return EXIT_FAILURE;
}
