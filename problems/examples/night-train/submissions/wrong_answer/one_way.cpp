#include <iostream>
#include <vector>

int main() {
    int n, m;
    std::cin >> n >> m;
    std::vector<int> from(m), to(m);
    std::vector<long long> minutes(m), arrival(n + 1, -1);
    for (int i = 0; i < m; ++i) std::cin >> from[i] >> to[i] >> minutes[i];
    arrival[1] = 0;
    bool changed = true;
    while (changed) {
        changed = false;
        for (int i = 0; i < m; ++i) {
            long long time = arrival[from[i]] + minutes[i];
            if (arrival[from[i]] >= 0 && (arrival[to[i]] < 0 || time < arrival[to[i]])) {
                arrival[to[i]] = time;
                changed = true;
            }
        }
    }
    std::cout << arrival[n] << '\n';
}
