#include "people/odd_looks.h"

#include <algorithm>
#include <map>

namespace rowan::people {

namespace {

using namespace std::chrono_literals;

struct Words {
    std::string_view name, sentence;
};
constexpr Words kWords[] = {
    {"own-family-name", "looked at somebody of their own family name"},
    {"own-street", "looked at somebody whose postcode they have declared as close to them"},
    {"themselves", "searched for themselves"},
    {"in-a-row", "looked at twenty people or more within ten minutes"},
    {"at-night", "looked at five people or more between ten in the evening and six in the morning"}};

bool meet(const std::set<std::string>& a, const std::set<std::string>& b) {
    return std::any_of(a.begin(), a.end(), [&](const auto& each) { return b.contains(each); });
}

bool at_night(base::Instant at) {
    const auto hour = base::london(at).hour;
    return hour >= 22 || hour < 6;
}

// What one person did that fits one rule.
struct Finding {
    std::set<std::string> people;
    std::size_t searches = 0;
    base::Instant first{}, last{};
    void add(const Seen& seen) {
        if (people.empty() && searches == 0) first = seen.at;
        last = seen.at;
        if (seen.person.empty())
            ++searches;
        else
            people.insert(seen.person);
    }
    std::size_t count() const { return people.size() + searches; }
};

// The most people within ten minutes.
Finding busiest(const std::vector<const Seen*>& looks) {
    Finding best;
    for (std::size_t from = 0; from < looks.size(); ++from) {
        Finding here;
        for (std::size_t i = from; i < looks.size() && looks[i]->at - looks[from]->at <= 10min; ++i)
            here.add(*looks[i]);
        if (here.count() > best.count()) best = std::move(here);
        if (best.count() >= kManyInARow) break;
    }
    return best;
}

}  // namespace

std::string_view name_of(OddKind kind) { return kWords[static_cast<int>(kind)].name; }
std::string_view sentence_of(OddKind kind) { return kWords[static_cast<int>(kind)].sentence; }

std::vector<OddLook> odd_looks(const std::vector<Watched>& staff, const std::vector<Seen>& all) {
    std::map<std::string, std::vector<const Seen*>> of_user;
    for (const auto& seen : all) of_user[seen.user].push_back(&seen);
    std::vector<OddLook> out;
    for (const auto& who : staff) {
        const auto mine = of_user.find(who.user);
        if (mine == of_user.end()) continue;
        std::map<OddKind, Finding> found;
        std::vector<const Seen*> looks;
        for (const auto* seen : mine->second) {
            if (!seen->query.empty() && who.own_queries.contains(seen->query))
                found[OddKind::themselves].add(*seen);
            if (seen->person.empty()) continue;
            looks.push_back(seen);
            if (meet(who.family_names, seen->family_names)) found[OddKind::own_family_name].add(*seen);
            if (meet(who.postcodes, seen->postcodes)) found[OddKind::own_street].add(*seen);
            if (at_night(seen->at)) found[OddKind::at_night].add(*seen);
        }
        found[OddKind::in_a_row] = busiest(looks);
        if (found[OddKind::in_a_row].count() < kManyInARow) found.erase(OddKind::in_a_row);
        if (found.contains(OddKind::at_night) && found[OddKind::at_night].count() < kManyAtNight)
            found.erase(OddKind::at_night);
        for (const auto& [kind, finding] : found)
            out.push_back({who.user, kind, finding.count(), finding.first, finding.last});
    }
    return out;
}

}  // namespace rowan::people
