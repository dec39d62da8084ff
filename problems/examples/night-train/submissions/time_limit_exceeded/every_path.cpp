#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

static int n, m;
static std::vector<std::vector<std::pair<int, long long>>> near;
static std::vector<bool> visited;
static long long best = -1;

static void travel(int city, long long time) {
    if (city == n) {
        best = best < 0 ? time : std::min(best, time);
        return;
    }
    visited[city] = true;
    for (auto [other, t] : near[city])
        if (!visited[other]) travel(other, time + t);
    visited[city] = false;
}

int main() {
    std::cin >> n >> m;
    near.resize(n + 1);
    visited.resize(n + 1);
    for (int i = 0; i < m; ++i) {
        int a, b;
        long long t;
        std::cin >> a >> b >> t;
        near[a].push_back({b, t});
        near[b].push_back({a, t});
    }
    travel(1, 0);
    std::cout << best << '\n';
}
