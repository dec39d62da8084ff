#include <functional>
#include <iostream>
#include <queue>
#include <utility>
#include <vector>

int main() {
    int n, m;
    std::cin >> n >> m;
    std::vector<std::vector<std::pair<int, long long>>> near(n + 1);
    for (int i = 0; i < m; ++i) {
        int a, b;
        long long t;
        std::cin >> a >> b >> t;
        near[a].push_back({b, t});
        near[b].push_back({a, t});
    }
    std::vector<long long> arrival(n + 1, -1);
    using Stop = std::pair<long long, int>;
    std::priority_queue<Stop, std::vector<Stop>, std::greater<Stop>> queue;
    queue.push({0, 1});
    while (!queue.empty()) {
        auto [time, city] = queue.top();
        queue.pop();
        if (arrival[city] >= 0) continue;
        arrival[city] = time;
        for (auto [other, t] : near[city]) queue.push({time + t, other});
    }
    std::cout << arrival[n] << '\n';
}
