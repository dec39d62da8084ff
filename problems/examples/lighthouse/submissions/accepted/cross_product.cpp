#include <cmath>
#include <cstdio>

int main() {
    double ax, ay, bx, by, lx, ly;
    if (std::scanf("%lf %lf %lf %lf %lf %lf", &ax, &ay, &bx, &by, &lx, &ly) != 6) return 1;
    double dx = bx - ax, dy = by - ay;
    double length = dx * dx + dy * dy;
    double along = dx * (lx - ax) + dy * (ly - ay);
    double distance;
    if (along <= 0) {
        distance = std::hypot(lx - ax, ly - ay);
    } else if (along >= length) {
        distance = std::hypot(lx - bx, ly - by);
    } else {
        distance = std::fabs(dx * (ly - ay) - dy * (lx - ax)) / std::sqrt(length);
    }
    std::printf("%.9f\n", distance);
}
