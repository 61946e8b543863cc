// attack FILE.csv [people]: what an attacker learns from a file of keys who holds a register that overlaps with
// it, but not the secret. He knows how keys are made, so he encodes his register under a secret of his own: how
// alike two records are hardly depends on the secret. He then describes every record by how alike it is to those
// nearest to it, and to what is near those, and pairs the records whose descriptions fit best, both ways round
// (graph matching after Vidanage and others, 2020). FILE is a file of bench/linkage/county; one record of a person
// is encoded, another record of the same person stands in the register where there is one, so that the register is
// written as a second agency would write it.
#include "linkage/dataset.h"
#include "linkage/keys.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>
#include <vector>

using namespace rowan::linkage;

namespace {

constexpr std::size_t kNear = 32;  // neighbours that describe a record
using Description = std::vector<float>;

std::vector<Description> describe(const std::vector<Key>& keys) {
    const std::size_t n = keys.size();
    std::vector<std::vector<std::pair<float, std::uint32_t>>> near(n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j)
            if (j != i)
                near[i].push_back({static_cast<float>(dice(keys[i], keys[j])), static_cast<std::uint32_t>(j)});
        std::partial_sort(near[i].begin(), near[i].begin() + static_cast<std::ptrdiff_t>(std::min(kNear, n - 1)),
                          near[i].end(), std::greater<>());
        near[i].resize(std::min(kNear, n - 1));
    }
    std::vector<Description> out(n);
    for (std::size_t i = 0; i < n; ++i) {
        out[i].push_back(static_cast<float>(bits_of(keys[i])) / 1024);
        for (const auto& [likeness, j] : near[i]) out[i].push_back(likeness);
    }
    // What is near to what is near: each round adds the neighbours' own descriptions, the nearest first.
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t k = 0; k < std::min<std::size_t>(8, near[i].size()); ++k)
            for (std::size_t m = 0; m < std::min<std::size_t>(8, near[near[i][k].second].size()); ++m)
                out[i].push_back(0.5F * near[near[i][k].second][m].first);
    return out;
}

float apart(const Description& a, const Description& b) {
    float sum = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return sum;
}

struct Found {
    std::size_t claimed = 0, right = 0;
};
Found attack(const std::vector<Key>& keys, const std::vector<std::uint32_t>& person, const std::vector<Key>& reg,
             const std::vector<std::uint32_t>& named) {
    const auto x = describe(keys), y = describe(reg);
    std::vector<std::size_t> best_x(x.size(), 0), best_y(y.size(), 0);
    std::vector<float> least_x(x.size(), INFINITY), least_y(y.size(), INFINITY);
    for (std::size_t i = 0; i < x.size(); ++i)
        for (std::size_t j = 0; j < y.size(); ++j) {
            const float d = apart(x[i], y[j]);
            if (d < least_x[i]) least_x[i] = d, best_x[i] = j;
            if (d < least_y[j]) least_y[j] = d, best_y[j] = i;
        }
    Found f;
    for (std::size_t i = 0; i < x.size(); ++i)
        if (best_y[best_x[i]] == i) ++f.claimed, f.right += person[i] != 0 && person[i] == named[best_x[i]];
    return f;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("attack FILE.csv [people]\n", stderr), 2;
    const std::size_t people = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1500;
    const Dataset data = Dataset::load({argv[1]}, {"", "", "person"}).value();
    std::map<std::uint32_t, std::vector<std::uint32_t>> records;
    for (std::uint32_t i = 0; i < data.size(); ++i) records[data.truth[i]].push_back(i);
    std::printf("%-46s %9s %9s %9s %12s\n", "keys; register", "keys", "claimed", "right", "of all keys");
    struct Case {
        const char* name;
        double overlap;
        int decoys;
        bool same_record;
    };
    for (const Case c : {Case{"register holds all, written exactly alike", 1.0, 0, true},
                         Case{"the same, 25 decoys for each 100 keys", 1.0, 25, true},
                         Case{"the same, 100 decoys for each 100 keys", 1.0, 100, true},
                         Case{"register holds all, as another agency wrote", 1.0, 0, false},
                         Case{"register holds half, written exactly alike", 0.5, 0, true},
                         Case{"register holds half, 25 decoys", 0.5, 25, true},
                         Case{"register holds half, as another agency wrote", 0.5, 0, false}}) {
        const Encoder secret(SipKey{7, 1}), guess(SipKey{9, 9});
        KeyMaker made(secret), own(guess);
        std::vector<Key> keys, reg;
        std::vector<std::uint32_t> person, named;
        std::size_t real = 0, at = 0;
        for (const auto& [truth, of] : records) {
            if (of.size() < 2 || real == people) continue;
            const Key key = made.encode(normal_of(data.population, of[0]));
            keys.push_back(key), person.push_back(truth), ++real;
            const bool both = static_cast<double>(++at % 100) < c.overlap * 100;
            // Who is not in both is in the register as somebody else: the register is as large as the file.
            if (both)
                reg.push_back(own.encode(normal_of(data.population, of[c.same_record ? 0 : 1]))),
                    named.push_back(truth);
            if (static_cast<int>(at % 100) < c.decoys) {
                const auto anybody = [&](std::uint32_t r) { return normal_of(data.population, r); };
                keys.push_back(made.encode(nobody(at, static_cast<std::uint32_t>(data.size()), anybody))),
                    person.push_back(0);
            }
        }
        for (auto i = records.rbegin(); i != records.rend() && reg.size() < real; ++i)
            reg.push_back(own.encode(normal_of(data.population, i->second[0]))), named.push_back(i->first);
        const Found f = attack(keys, person, reg, named);
        std::printf("%-46s %9zu %9zu %9zu %11.1f%%\n", c.name, real, f.claimed, f.right,
                    100.0 * static_cast<double>(f.right) / static_cast<double>(real));
    }
}
