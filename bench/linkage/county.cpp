// county FILE.csv [records] [seed]: a synthetic county for the benchmarks. Four agencies know some of its
// children; families have siblings, one birth in seventy is of twins, people move, change surname, are written
// down wrongly, and now and then an agency holds a child twice. Columns: record_id, agency, given_name, surname,
// date_of_birth, sex, postcode, person. The names are made of syllables, with the skew that real names have
// (Zipf), and belong to nobody.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

namespace {

std::mt19937_64 dice;
double chance() { return static_cast<double>(dice() >> 11) * 0x1p-53; }
std::size_t below(std::size_t n) { return static_cast<std::size_t>(chance() * static_cast<double>(n)); }

class Names {
public:
    Names(std::size_t count, double skew, bool surnames) {
        static const char* kOn[] = {"b", "br", "c", "ch", "d",  "f",  "g", "gr", "h", "j", "k", "l", "m",
                                    "n", "p",  "r", "s",  "sh", "st", "t", "th", "w", "y", "z", ""};
        static const char* kVowel[] = {"a", "e", "i", "o", "u", "ai", "ee", "ie", "ea"};
        static const char* kEnd[] = {"n", "r", "l", "s", "m", "th", "ck", "nd", "", "", "ley", "son", "ton"};
        double sum = 0;
        for (std::size_t i = 0; i < count; ++i) {
            std::string s;
            const std::size_t syllables = 1 + below(surnames ? 3 : 2);
            for (std::size_t k = 0; k < syllables; ++k) s += std::string(kOn[below(25)]) + kVowel[below(9)];
            s += kEnd[below(13)];
            if (s.size() < 3) s += "na";
            s[0] = static_cast<char>(s[0] - 32);
            names_.push_back(s);
            ends_.push_back(sum += 1 / std::pow(static_cast<double>(i) + 8, skew));
        }
    }
    const std::string& pick() const {
        const auto at = std::lower_bound(ends_.begin(), ends_.end(), chance() * ends_.back());
        return names_[static_cast<std::size_t>(at - ends_.begin())];
    }

private:
    std::vector<std::string> names_;
    std::vector<double> ends_;
};

std::string slip(std::string s) {
    if (s.size() < 3) return s;
    const std::size_t at = 1 + below(s.size() - 2);
    switch (below(4)) {
        case 0:
            s[at] = static_cast<char>('a' + below(26));
            break;
        case 1:
            s.erase(at, 1);
            break;
        case 2:
            s.insert(at, 1, static_cast<char>('a' + below(26)));
            break;
        default:
            std::swap(s[at], s[at + 1]);
    }
    return s;
}

struct Child {
    std::string given, surname, postcode;
    int year, month, day;
    char sex;
};

std::string date_of(Child c) {
    const double x = chance();
    if (x < 0.010)
        c.day = 1 + static_cast<int>(below(28));
    else if (x < 0.016)
        c.year += chance() < 0.5 ? 1 : -1;
    else if (x < 0.022 && c.day <= 12)
        std::swap(c.day, c.month);
    else if (x < 0.028)
        c.month = c.day = 1;
    else if (x < 0.045)
        return "";
    char text[32];
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", c.year, c.month, c.day);
    return text;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) return std::fputs("county FILE.csv [records] [seed]\n", stderr), 2;
    const std::size_t wanted = argc > 2 ? std::strtoull(argv[2], nullptr, 10) : 1'000'000;
    dice.seed(argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
    std::FILE* out = std::fopen(argv[1], "w");
    if (out == nullptr) return std::fputs("cannot write\n", stderr), 1;
    std::fputs("record_id,agency,given_name,surname,date_of_birth,sex,postcode,person\n", out);
    const Names given(12'000, 1.05, false), family(60'000, 0.95, true);
    const auto postcode = [] {
        static const char* kAreas[] = {"TA", "BA", "BS", "DT", "EX"};
        return std::string(kAreas[below(5)]) + std::to_string(1 + below(24)) + " " + std::to_string(1 + below(9)) +
               "ABDEFGHJLNPQRSTUWXYZ"[below(20)] + "ABDEFGHJLNPQRSTUWXYZ"[below(20)];
    };
    static const char* kAgency[] = {"health", "school", "care", "police"};
    static const double kKnown[] = {0.85, 0.75, 0.22, 0.18};
    std::size_t id = 0, person = 0;
    while (id < wanted) {
        const std::string surname = family.pick(), home = postcode();
        const std::size_t births = 1 + below(3);
        std::vector<std::string> used;  // parents do not give one name twice
        const auto fresh = [&] {
            std::string name = given.pick();
            while (std::find(used.begin(), used.end(), name) != used.end()) name = given.pick();
            used.push_back(name);
            return name;
        };
        for (std::size_t b = 0; b < births && id < wanted; ++b) {
            Child c{fresh(),
                    surname,
                    home,
                    2006 + static_cast<int>(below(18)),
                    1 + static_cast<int>(below(12)),
                    1 + static_cast<int>(below(28)),
                    chance() < 0.5 ? 'F' : 'M'};
            const std::size_t together = chance() < 1.0 / 70 ? 2 : 1;
            for (std::size_t t = 0; t < together && id < wanted; ++t, ++person) {
                if (t > 0) c.given = fresh(), c.sex = chance() < 0.5 ? 'F' : 'M';
                const bool moved = chance() < 0.18, renamed = chance() < 0.04;
                const std::string new_home = postcode(),
                                  new_name = chance() < 0.5 ? family.pick() : surname + "-" + family.pick();
                for (int a = 0; a < 4; ++a) {
                    if (chance() >= kKnown[a]) continue;
                    const int copies = chance() < 0.015 ? 2 : 1;
                    for (int k = 0; k < copies && id < wanted; ++k) {
                        std::string g = c.given, s = renamed && chance() < 0.5 ? new_name : surname,
                                    p = moved && chance() < 0.5 ? new_home : home;
                        if (chance() < 0.035) g = slip(g);
                        if (chance() < 0.035) s = slip(s);
                        if (chance() < 0.010) std::swap(g, s);
                        if (chance() < 0.008) g = g.substr(0, 1);
                        if (chance() < 0.030) p = p.substr(0, p.size() - 1) + "ABDEFGHJLNPQRSTUWXYZ"[below(20)];
                        if (chance() < 0.06) p.clear();
                        const char sex = chance() < 0.004 ? (c.sex == 'F' ? 'M' : 'F') : c.sex;
                        std::fprintf(out, "r%zu,%s,%s,%s,%s,%s,%s,%zu\n", id++, kAgency[a], g.c_str(), s.c_str(),
                                     date_of(c).c_str(), chance() < 0.03 ? "" : std::string(1, sex).c_str(),
                                     p.c_str(), person);
                    }
                }
            }
        }
    }
    return std::fclose(out) == 0 ? 0 : 1;
}
