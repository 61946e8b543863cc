// A small random source whose numbers are the same on every machine: splitmix64, and arithmetic without libm.
// Not for secrets. Thread-safety: one object a thread.
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace rowan::county {

class Random {
public:
    // Streams of different (seed, stream) are unrelated.
    Random(std::uint64_t seed, std::uint64_t stream) : state_(mix(mix(seed + kStep) + stream)) {}

    std::uint64_t next() { return mix(state_ += kStep); }
    double unit() { return static_cast<double>(next() >> 11) * 0x1p-53; }  // [0, 1)
    bool chance(double p) { return unit() < p; }
    std::uint64_t below(std::uint64_t n) { return static_cast<std::uint64_t>(unit() * static_cast<double>(n)); }
    int between(int least, int most) {
        return least + static_cast<int>(below(static_cast<std::uint64_t>(most - least + 1)));
    }

    template <class T>
    const T& one_of(const std::vector<T>& all) {
        return all[below(all.size())];
    }
    // The first are the commonest: an eighth of the list gets about a third of the picks.
    template <class T>
    const T& common(const std::vector<T>& all) {
        const double u = unit();
        return all[static_cast<std::size_t>(u * u * static_cast<double>(all.size()))];
    }
    // An index with probability in proportion to its weight. Precondition: a weight above 0.
    template <class Weights>
    std::size_t weighted(const Weights& weights) {
        double total = 0;
        for (double w : weights) total += w;
        double left = unit() * total;
        std::size_t i = 0, last = 0;
        for (double w : weights) {
            if (w > 0) {
                last = i;
                if (left < w) return i;
                left -= w;
            }
            ++i;
        }
        return last;
    }

    static std::uint64_t mix(std::uint64_t x) {
        x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
        x = (x ^ x >> 27) * 0x94d049bb133111ebu;
        return x ^ x >> 31;
    }

private:
    static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15u;
    std::uint64_t state_;
};

}  // namespace rowan::county
