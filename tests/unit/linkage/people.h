// Invented children for the tests of the batch engine: a few hundred persons, each held once or several times,
// with the mistakes that people make. Same seed, same children.
#pragma once
#include <random>
#include <string>
#include <vector>

namespace rowan::linkage::test {

// Heading and rows, `record_id,agency,given_name,surname,date_of_birth,sex,postcode,person`.
struct Sheet {
    std::string heading = "record_id,agency,given_name,surname,date_of_birth,sex,postcode,person\n";
    std::vector<std::string> rows;
    std::string text() const {
        std::string out = heading;
        for (const std::string& r : rows) out += r + "\n";
        return out;
    }
};

inline Sheet children(std::size_t persons, unsigned seed = 1) {
    std::mt19937 dice(seed);
    const auto below = [&](std::size_t n) { return static_cast<std::size_t>(dice() % n); };
    const std::vector<std::string> starts{"Al", "Ber", "Cor", "Dan", "El",  "Fin", "Gar", "Hol",
                                          "Is", "Jas", "Kel", "Lor", "Mar", "Nor", "Os",  "Per"};
    const std::vector<std::string> ends{"an",  "ia",  "en",  "ise", "ey",   "or",
                                        "ett", "ine", "ard", "wyn", "ella", "ton"};
    const auto name = [&] { return starts[below(16)] + ends[below(12)]; };
    const auto surname = [&] { return starts[below(16)] + starts[below(16)] + ends[below(12)]; };
    const auto typo = [&](std::string s) {
        const std::size_t at = 1 + below(s.size() - 1);
        switch (below(3)) {
            case 0:
                s[at] = static_cast<char>('a' + below(26));
                break;
            case 1:
                s.erase(at, 1);
                break;
            default:
                s.insert(at, 1, static_cast<char>('a' + below(26)));
        }
        return s;
    };
    Sheet sheet;
    std::size_t id = 0;
    for (std::size_t p = 0; p < persons; ++p) {
        const std::string given = name(), family = surname();
        const std::size_t year = 2005 + below(15), month = 1 + below(12), day = 1 + below(28);
        const std::string postcode = "TA" + std::to_string(1 + below(9)) + " " + std::to_string(1 + below(9)) +
                                     "A" + static_cast<char>('A' + below(10));
        const std::size_t copies = 1 + below(4);
        for (std::size_t c = 0; c < copies; ++c) {
            char date[16];
            const bool swapped = below(20) == 0 && day <= 12;
            std::snprintf(date, sizeof date, "%04zu-%02zu-%02zu", year, swapped ? day : month,
                          swapped ? month : day);
            sheet.rows.push_back("r" + std::to_string(id++) + "," +
                                 std::vector<std::string>{"police", "health", "school", "care"}[c] + "," +
                                 (below(12) == 0 ? typo(given) : given) + "," +
                                 (below(12) == 0 ? typo(family) : family) + "," + (below(15) == 0 ? "" : date) +
                                 "," + (below(2) == 0 ? "F" : "") + "," + (below(6) == 0 ? "" : postcode) + ",p" +
                                 std::to_string(p));
        }
    }
    return sheet;
}

}  // namespace rowan::linkage::test
