#include "app/demonstration_missing.h"

#include "protect/missing/choices.h"
#include "protect/missing/missing_store.h"

#include <algorithm>

namespace rowan::app {

namespace {

using database::Session;
using partnership::AgencyType;
using partnership::Office;
using namespace protect::missing;
using std::chrono::hours;
using std::chrono::minutes;

constexpr std::size_t kOneChildIn = 20;  // goes missing
constexpr int kMonths = 24;

// splitmix64: the same county for the same seed.
class Dice {
public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
        return z ^ (z >> 31);
    }
    int below(int n) { return static_cast<int>(next() % static_cast<std::uint64_t>(n)); }
    bool in_hundred(int chances) { return below(100) < chances; }
    template <class List>
    const auto& one_of(const List& list) {
        return list[static_cast<std::size_t>(below(static_cast<int>(std::size(list))))];
    }

private:
    std::uint64_t state_;
};

constexpr const char* kLastSeen[] = {
    "At home, after an argument about the phone", "Leaving school with an older friend",
    "In the bedroom, at bedtime; the window was open", "At the bus station with two others",
    "At the placement, at the evening check"};
constexpr const char* kFoundWhere[] = {"At the railway station", "In the park behind the leisure centre",
                                       "At a friend’s flat", "In the shopping centre car park",
                                       "At home, by themselves"};
constexpr const char* kFoundWith[] = {"Alone", "With two friends of the same age",
                                      "With an older man who left at once", "With a brother"};
constexpr const char* kVehicles[] = {"A dark hatchback, AB12 CDE", "A white van", "Black scooter",
                                     "dark hatchback AB12CDE", "A silver car with a dent"};
constexpr const char* kNames[] = {"Somebody called Jay", "Kez", "A man they call Uncle", "somebody called jay"};
constexpr const char* kOwnWords[] = {
    "I just wanted some quiet.", "They said I could stay with them and nobody would know.",
    "I do not like it where I live now.", "I went to see my brother. I would go again.",
    "I did not want to go to school on Monday."};

struct Child {
    std::string root, name, area, ref;  // ref: the least of the agencies' own, the same for the same seed
    std::optional<base::Date> born;
};

class Filling {
public:
    Filling(const Office& office, const people::PeopleIndex& index,
            const std::map<std::string, std::string>& users, std::uint64_t seed)
        : office_(office), index_(index), users_(users), dice_(seed ^ 0x6d697373ULL), now_(office.clock.now()) {
        for (const auto& agency : office.scheme.agencies) {
            if (agency.type == AgencyType::police && police_.empty()) police_ = agency.code;
            if (agency.type == AgencyType::la_children && council_.empty()) council_ = agency.code;
            if (agency.type == AgencyType::voluntary && interviewers_.empty()) interviewers_ = agency.code;
        }
        if (interviewers_.empty()) interviewers_ = council_;
    }

    std::uint64_t fill(Session& s) {
        const auto children = choose(s);
        std::size_t n = 0;
        for (const auto& child : children) {
            const bool looked_after = dice_.in_hundred(35);
            // Most go once; a few go very often (S-073: looked-after children more).
            const int times =
                dice_.in_hundred(looked_after ? 35 : 60) ? 1 : 2 + dice_.below(looked_after ? 12 : 5);
            history(s, child, looked_after, times, n++);
        }
        return stored_;
    }

private:
    std::vector<Child> choose(Session& s) {
        std::vector<Child> all;
        const auto today = base::london_date(now_);
        for (const auto& row : s.query("SELECT DISTINCT root FROM person")) {
            Child child{row.text(0), "", "", "", std::nullopt};
            for (const auto& record : index_.records_of(child.root)) {
                if (!child.born) child.born = record.identity.born;
                if (child.area.empty()) child.area = record.area;
                if (child.name.empty()) child.name = record.identity.display_name();
                if (child.ref.empty() || record.identity.local_ref < child.ref)
                    child.ref = record.identity.local_ref;
            }
            if (!child.born || child.name.empty()) continue;
            const int age = base::age_on(*child.born, today);
            if (age >= 11 && age <= 17) all.push_back(std::move(child));
        }
        std::sort(all.begin(), all.end(), [](const Child& a, const Child& b) { return a.ref < b.ref; });
        std::vector<Child> out;
        const auto wanted = std::max<std::size_t>(8, all.size() / kOneChildIn);
        for (std::size_t i = 0; i < all.size() && out.size() < wanted; ++i)
            if (all.size() - i <= wanted - out.size() ||
                dice_.below(static_cast<int>(all.size())) < static_cast<int>(2 * wanted))
                out.push_back(std::move(all[i]));
        return out;
    }

    std::string user(const std::string& agency) const {
        const auto found = users_.find(agency);
        return found == users_.end() ? users_.at("") : found->second;
    }

    Episode begin(const Child& child, bool looked_after, Instant from) {
        Episode e;
        e.person = child.root;
        e.looked_after = looked_after;
        e.context = looked_after ? (dice_.in_hundred(90) ? "care" : "education")
                                 : (dice_.in_hundred(92) ? "home" : "education");
        e.kind = looked_after && dice_.in_hundred(15) ? "away" : "missing";
        e.missing_from = from;
        e.reported_at = from + minutes{20 + dice_.below(200)};
        const bool by_police = dice_.in_hundred(60);
        e.reporting_agency = by_police ? police_ : council_;
        e.lead_agency = police_;
        e.reported_by = user(e.reporting_agency);
        e.responsible_la = looked_after && dice_.in_hundred(12) ? "330" : office_.scheme.la_code;
        e.age_at = base::age_on(*child.born, base::london_date(from));
        // S-079: a tenth without a postcode.
        e.home_area = dice_.in_hundred(10) || child.area.empty() ? office_.scheme.area_of(base::Postcode{}).code
                                                                 : child.area;
        if (looked_after) {
            e.words.placement = "With a foster carer";
            e.words.placement_postcode = dice_.in_hundred(8)    ? ""
                                         : dice_.in_hundred(15) ? "EX4 3AB"
                                                                : inside_postcode();
            // S-076: half of them live in the county's children's homes, most in those that take exploited
            // children.
            if (dice_.in_hundred(55) && !office_.scheme.homes.empty()) {
                const auto& homes = office_.scheme.homes;
                const auto& home =
                    homes[std::min(homes.size() - 1, static_cast<std::size_t>(dice_.below(3) * dice_.below(3)))];
                e.placement_home = home.code;
                e.words.placement = home.name;
                e.words.placement_postcode = home.postcode;
            }
            e.placement_area = office_.scheme.area_of(base::parse_postcode(e.words.placement_postcode)).code;
        }
        e.words.child_name = child.name;
        e.words.last_seen = dice_.one_of(kLastSeen);
        e.words.police_ref = "MP-" + std::to_string(10000 + dice_.below(90000));
        const char* const risk = dice_.in_hundred(15) ? "high" : dice_.in_hundred(70) ? "medium" : "low";
        regrade(e, {e.reported_at, risk, "Duty sergeant", "At the report"});
        return e;
    }

    std::string inside_postcode() {
        std::vector<std::string> outward;
        for (const auto& area : office_.scheme.areas)
            if (area.kind == partnership::AreaKind::inside)
                for (const auto& postcode : area.postcodes)
                    if (postcode.find(' ') == std::string::npos) outward.push_back(postcode);
        return outward.empty() ? "" : dice_.one_of(outward) + " 1AA";
    }

    void history(Session& s, const Child& child, bool looked_after, int times, std::size_t n) {
        // Starts, newest first, at least three days apart so that no two overlap.
        std::vector<Instant> starts;
        auto at = now_ - hours{n % 5 == 4 ? 30 + dice_.below(30) : 24 * (4 + dice_.below(60))} -
                  minutes{dice_.below(600)};
        // Of every seven, one went again and again lately, so that a strategy discussion is proposed.
        const bool lately = n % 7 == 2;
        if (lately) at = now_ - hours{24 * (4 + dice_.below(20))} - minutes{dice_.below(600)};
        for (int i = 0; i < (lately ? std::max(times, 3) : times); ++i) {
            starts.push_back(at);
            at -= hours{24 * (4 + dice_.below(lately && i < 3 ? 20 : 24 * kMonths / (times + 1)))};
        }
        for (auto from = starts.rbegin(); from != starts.rend(); ++from) {
            if (base::age_on(*child.born, base::london_date(*from)) < 8) continue;
            past(s, child, looked_after, *from);
        }
        // Some are missing this very night, and some are found but not confirmed.
        if (n % 8 == 1) {
            auto e = begin(child, looked_after, now_ - hours{3} - minutes{dice_.below(500)});
            e.reported_at = std::min(e.reported_at, now_ - minutes{10});
            store_episode(s, e);
        } else if (n % 8 == 5) {
            auto e = begin(child, looked_after, now_ - hours{14});
            e.found_at = now_ - hours{1};
            if (dice_.in_hundred(60)) e.returned_at = now_ - minutes{20};
            store_episode(s, e);
        }
    }

    void past(Session& s, const Child& child, bool looked_after, Instant from) {
        auto e = begin(child, looked_after, from);
        e.found_at = e.reported_at + hours{dice_.below(14)} + minutes{dice_.below(60)};
        e.returned_at = *e.found_at + minutes{15 + dice_.below(180)};
        e.confirmed_at = *e.returned_at + minutes{dice_.below(400)};
        if (dice_.in_hundred(75)) {
            e.safe_and_well_at = *e.confirmed_at + minutes{dice_.below(300)};
            e.words.safe_and_well = "Spoken to at home. No injuries seen.";
        }
        e.harm = dice_.in_hundred(8) ? "suspected" : "no";
        const auto& places = office_.scheme.places;
        if (dice_.in_hundred(60) && !places.empty()) {
            const auto& place =
                places[std::min(places.size() - 1, static_cast<std::size_t>(dice_.below(3) * dice_.below(3)))];
            e.found_place = place.code;
            e.words.found_where = place.name;
        } else {
            e.words.found_where = dice_.one_of(kFoundWhere);
        }
        e.words.found_with = dice_.one_of(kFoundWith);
        if (dice_.in_hundred(20))
            e.words.mentions.push_back({"vehicle", dice_.one_of(kVehicles), "Duty sergeant", *e.found_at});
        if (dice_.in_hundred(15))
            e.words.mentions.push_back({"name", dice_.one_of(kNames), "Duty sergeant", *e.found_at});
        if (*e.found_at < now_ - hours{2}) {
            e.taken_at = e.reported_at + minutes{3};
            e.taken_by = e.reported_by;
        }
        for (auto* at : {&e.found_at, &e.returned_at, &e.confirmed_at, &e.safe_and_well_at})
            if (*at && **at > now_) at->reset();
        if (!e.found_at) e.returned_at = e.confirmed_at = e.safe_and_well_at = std::nullopt;
        if (!e.returned_at) e.confirmed_at = e.safe_and_well_at = std::nullopt;
        store_episode(s, e);
        if (e.returned_at && e.confirmed_at) interview(s, e);
    }

    void store_episode(Session& s, Episode& e) {
        protect::missing::store::insert_episode(office_, s, e, std::min(e.reported_at, now_), e.reported_by);
        ++stored_;
    }

    // S-070: not every return was offered in time, and not every child says yes.
    void interview(Session& s, const Episode& e) {
        const auto age = now_ - *e.confirmed_at;
        if (age < hours{72} ? dice_.in_hundred(60) : dice_.in_hundred(4)) return;
        ReturnInterview i;
        i.person = e.person;
        i.interviewer = user(interviewers_);
        i.agency = interviewers_;
        i.words.child_name = e.words.child_name;
        const auto asked =
            *e.confirmed_at + (dice_.in_hundred(85) ? hours{2 + dice_.below(60)} : hours{75 + dice_.below(120)});
        if (asked > now_) return;
        const int answer = dice_.below(100);
        const char* const result = answer < 70 ? "accepted" : answer < 90 ? "declined" : "no_answer";
        i.words.attempts.push_back({asked, "child", "phone", result, "", "Bea Lanyon"});
        if (answer >= 90)
            i.words.attempts.push_back(
                {std::min(asked + hours{5}, now_), "child", "through_carer", "no_answer", "", "Bea Lanyon"});
        if (answer >= 70 && age > hours{72})
            i.words.attempts.push_back({std::min(asked + hours{8}, now_), "parent", "phone", "accepted",
                                        "They worry too.", "Bea Lanyon"});
        if (answer >= 70 && answer < 90) i.words.declined_reason = "“I have said it all to the police.”";
        const auto held = asked + hours{1 + dice_.below(40)};
        if (answer < 70 && held <= now_) hold(i, held);
        protect::missing::store::insert_interview(office_, s, i, {e}, i.completed_at.value_or(asked),
                                                  i.interviewer);
    }

    void hold(ReturnInterview& i, Instant at) {
        i.completed_at = at;
        i.seen_alone = dice_.in_hundred(90);
        auto& w = i.words;
        w.place = dice_.in_hundred(60) ? "neutral" : "home";
        w.own_words = dice_.one_of(kOwnWords);
        w.before = "There had been an argument that evening.";
        w.during = "Stayed with friends, walked home in the morning.";
        w.after = "Feels tired, and glad to be asked.";
        w.parent_view = "They want to know whom to ring at night.";
        w.push = {std::string(dice_.one_of(push_factors()).code)};
        w.pull = {std::string(dice_.one_of(pull_factors()).code)};
        w.harm = {"none_told"};
        for (const auto& theme : {dice_.one_of(themes()), dice_.one_of(themes())}) {
            const std::string code(theme.code);
            if (std::find(i.themes.begin(), i.themes.end(), code) != i.themes.end()) continue;
            i.themes.push_back(code);
            if (dice_.in_hundred(80))
                w.actions.push_back(
                    {code, "Talked through with the family; a worker visits this week", "Family worker", ""});
            else
                w.actions.push_back({code, "", "", "It has been settled already"});
        }
        w.shares.push_back({council_, "Bea Lanyon", at});
    }

    const Office& office_;
    const people::PeopleIndex& index_;
    const std::map<std::string, std::string>& users_;
    Dice dice_;
    const Instant now_;
    std::string police_, council_, interviewers_;
    std::uint64_t stored_ = 0;
};

}  // namespace

base::Result<std::uint64_t> fill_with_missing(const Office& office, const people::PeopleIndex& index,
                                              const std::map<std::string, std::string>& users,
                                              std::uint64_t seed) {
    return office.database.write(
        [&](Session& s) -> base::Result<std::uint64_t> { return Filling(office, index, users, seed).fill(s); });
}

}  // namespace rowan::app
