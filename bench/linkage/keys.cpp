// keys FILE.csv OUT: encoding and comparing keys on one core, one line of JSON. OUT gets the keys of 25,000
// records of each of two agencies (128 bytes a key, the one agency's first), so that another program compares the
// very same.
#include "linkage/dataset.h"
#include "linkage/keys.h"

#include <oneapi/tbb/global_control.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>

using namespace rowan::linkage;

namespace {

double cpu() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) return std::fputs("keys FILE.csv OUT\n", stderr), 2;
    const Dataset data = Dataset::load({argv[1]}, {}).value();
    const oneapi::tbb::global_control one_core(oneapi::tbb::global_control::max_allowed_parallelism, 1);
    const Encoder encoder(SipKey{1, 2, 3});
    std::vector<Normal> people;
    for (std::uint32_t i = 0; i < std::min<std::size_t>(data.size(), 200'000); ++i)
        people.push_back(normal_of(data.population, i));
    KeyMaker maker(encoder);
    double from = cpu();
    std::uint64_t sum = 0;
    for (const Normal& n : people) sum += maker.encode(n)[0];
    const double encode = cpu() - from;
    from = cpu();
    for (std::size_t i = 0; i < people.size() / 100; ++i) sum += encoder.encode_plainly(people[i])[0];
    const double plainly = cpu() - from;

    std::vector<Key> left, right;
    for (std::uint32_t i = 0; i < data.size(); ++i) {
        const std::string& source = data.sources[data.population[i].source];
        if (source == "health" && left.size() < 25'000)
            left.push_back(maker.encode(normal_of(data.population, i)));
        if (source == "school" && right.size() < 25'000)
            right.push_back(maker.encode(normal_of(data.population, i)));
    }
    std::ofstream out(argv[2], std::ios::binary);
    for (const auto* side : {&left, &right})
        out.write(reinterpret_cast<const char*>(side->data()),
                  static_cast<std::streamsize>(side->size() * sizeof(Key)));
    from = cpu();
    const std::size_t matched = match_keys(left, right, 0.6).size();
    const double solved = cpu() - from;

    std::vector<Key> some, others;  // half of the bits set at random, as in anonlink's own benchmark
    for (std::uint64_t i = 0; i < 10'000; ++i)
        some.push_back(encoder.noise(i, 512)), others.push_back(encoder.noise(i + 20'000, 512));
    from = cpu();
    const std::size_t alike = alike_keys(some, others, 0.7).size();
    const double compared = cpu() - from;
    std::ofstream random(std::string(argv[2]) + ".random", std::ios::binary);
    for (const auto* side : {&some, &others})
        random.write(reinterpret_cast<const char*>(side->data()),
                     static_cast<std::streamsize>(side->size() * sizeof(Key)));
    std::printf(
        "{\"encoded_a_second\": %.0f, \"slow_reference_a_second\": %.0f, \"compared_a_second\": %.0f, \"alike\": "
        "%zu, "
        "\"solve_seconds\": %.3f, \"matched\": %zu, \"left\": %zu, \"right\": %zu, \"check\": %llu}\n",
        static_cast<double>(people.size()) / encode, static_cast<double>(people.size() / 100) / plainly,
        1e8 / compared, alike, solved, matched, left.size(), right.size(), static_cast<unsigned long long>(sum));
}
