#include "app/emergency_bundle.h"

#include "base/text.h"
#include "protect/choices.h"
#include "protect/missing/choices.h"

#include <algorithm>
#include <map>
#include <set>

namespace rowan::app {

namespace {

using base::Instant;
using database::Session;
using partnership::Sensitivity, partnership::Sight, partnership::Viewer;
namespace missing = protect::missing;

constexpr std::size_t kMostInterviews = 10'000;

// Those that say something, one after the other.
std::string both(const std::string& a, const std::string& b, std::string_view between = " ") {
    return a + std::string(a.empty() || b.empty() ? "" : between) + b;
}

class Gatherer {
public:
    Gatherer(const missing::MissingDesk& desk, std::vector<Viewer> readers)
        : missing_(desk), protect_(desk.desk()), people_(desk.desk().people()), readers_(std::move(readers)) {
        // An emergency, a meeting and a disclosure opened one record for some time; it is over when this file is
        // read.
        for (auto& reader : readers_) {
            reader.emergencies.clear();
            std::erase_if(reader.ties, [](const auto& tie) { return tie.work != partnership::Work::allocated; });
        }
    }

    Bundle run() {
        const auto& office = protect_.office();
        out_.made_at = office.clock.now();
        for (const auto& reader : readers_)
            out_.readers.push_back(base::join({reader.name, reader.post, reader.agency_name}, ", "));
        office.database.read_session([&](Session& s) {
            add_missing(s);
            add_referrals();
            add_interviews(s);
            for (const auto& root : protect::store::people_with_a_level(s)) card(root);
        });
        finish();
        return std::move(out_);
    }

private:
    template <class May>
    bool all_may(const May& may) const {
        return std::all_of(readers_.begin(), readers_.end(), may);
    }
    Sensitivity sensitivity(const std::string& person) const { return people_.sensitivity(person); }
    bool shut(const std::string& person) const { return is_shut(sensitivity(person)); }
    bool ordinary(const std::string& person) const { return sensitivity(person) == Sensitivity::ordinary; }
    bool open_to_all(const std::string& person) const {
        return !shut(person) &&
               all_may([&](const Viewer& v) { return people_.sight(v, person).sight == Sight::full; });
    }
    bool open_to_all(const missing::Episode& e) const {
        return !shut(e.person) && all_may([&](const Viewer& v) { return missing_.sight_of(v, e).allowed; });
    }
    std::string agency_name(const std::string& code) const {
        const auto* agency = protect_.office().scheme.find_agency(code);
        return agency ? agency->name : code;
    }

    void add_missing(Session& s) {
        const auto now = out_.made_at;
        for (const auto& e : missing::store::not_yet_safe(protect_.office(), s)) {
            if (!open_to_all(e)) continue;
            Bundle::Missing line;
            line.id = e.id;
            line.child = e.words.child_name;
            line.ref = e.ref;
            line.risk = e.risk;
            line.lead_agency = agency_name(e.lead_agency);
            line.police_ref = e.words.police_ref;
            line.since = e.missing_from;
            line.age = e.age_at;
            line.stage = words_for(e.stage());
            const auto root = people_.index().root_of(e.person);
            line.often = repeat_trigger(missing::store::episodes_of(s, root), now, missing_.rules()).reached();
            if (ordinary(e.person)) {
                line.last_seen = e.words.last_seen;
                line.wearing = e.words.wearing;
                line.circumstances = e.words.circumstances;
                line.home = e.words.placement.empty() ? e.words.home_postcode
                                                      : both(e.words.placement, e.words.placement_postcode);
            }
            line.person = card(root) ? root : "";
            out_.missing.push_back(std::move(line));
        }
    }

    // Those that wait for a decision, and that every reader's own list shows by name.
    void add_referrals() {
        std::map<std::string, std::size_t> shown;
        std::vector<protect::ListedReferral> first;
        for (std::size_t i = 0; i < readers_.size(); ++i) {
            auto rows = protect_.listing(readers_[i], {}, true).rows;
            for (const auto& row : rows) shown[row.line.referral.id] += row.openable;
            if (i == 0) first = std::move(rows);
        }
        for (const auto& row : first) {
            const auto& r = row.line.referral;
            const bool place = r.person.empty();
            if (shown[r.id] < readers_.size() || (!place && !open_to_all(r.person))) continue;
            const bool young = r.subject_kind == protect::kChild;
            const auto root = young && !place ? people_.index().root_of(r.person) : std::string{};
            Bundle::Clock clock;
            clock.what = "Decision on the referral";
            clock.about = row.subject;
            clock.ref = r.ref;
            clock.kind = "referral";
            clock.id = r.id;
            clock.due = row.clock.due;
            clock.danger = r.immediate_danger;
            if (r.immediate_danger && (place || ordinary(r.person)))
                if (const auto whole = protect_.referral(readers_.front(), r.id))
                    clock.note = whole->referral.words.danger_note;
            add(std::move(clock), root);
        }
    }

    void add_interviews(Session& s) {
        for (const auto& waiting : missing::store::waiting_for_interview(s, kMostInterviews)) {
            if (!open_to_all(waiting) || !open_to_all(waiting.person)) continue;
            const auto view = missing_.episode(readers_.front(), waiting.id);
            if (!view) continue;
            const bool offered = view->interview.offered.has_value();
            const auto& due = offered ? view->interview.completion.due : view->interview.offer.due;
            if (!due) continue;
            Bundle::Clock clock;
            clock.what = offered ? "Return interview held" : "Return interview offered";
            clock.about = view->episode.words.child_name;
            clock.ref = view->episode.ref;
            clock.kind = "missing_episode";
            clock.id = view->episode.id;
            clock.due = *due;
            add(std::move(clock), people_.index().root_of(waiting.person));
        }
    }

    void add(Bundle::Clock clock, const std::string& root) {
        if (auto* young = root.empty() ? nullptr : card(root)) {
            clock.person = root;
            young->clocks.push_back(clock);
        }
        out_.clocks.push_back(std::move(clock));
    }

    // The card of this person, made when it is first asked for; null when not every reader may see it.
    Bundle::YoungPerson* card(const std::string& root) {
        const auto found = cards_.find(root);
        if (found != cards_.end()) return found->second ? &*found->second : nullptr;
        auto& made = cards_[root];
        if (!open_to_all(root)) return nullptr;
        const auto view = people_.view(readers_.front(), root);
        if (!view) return nullptr;
        made.emplace(describe(*view));
        set_level(*made);
        return &*made;
    }

    Bundle::YoungPerson describe(const people::PersonView& view) const {
        const auto& scheme = protect_.office().scheme;
        const auto& who = view.identity;
        Bundle::YoungPerson out;
        out.person = view.id;
        out.ref = view.ref;
        out.name = who.sort_name();
        out.known_as = who.known_as;
        if (who.born)
            out.born = base::display(*who.born) + " (" +
                       std::to_string(base::age_on(*who.born, base::london_date(out_.made_at))) + ")";
        out.sex = who.sex;
        out.address_kept_back = !ordinary(view.id);
        if (!out.address_kept_back) {
            out.address = both(who.address, who.postcode, ", ");
            out.phone = base::display_phone(who.phone);
        }
        const auto today = base::london_date(out_.made_at);
        std::set<std::string> flags, agencies;
        for (const auto& flag : view.flags)
            if (const auto* known = scheme.find_flag(flag.flag); known && flag.active_on(today))
                flags.insert(known->label);
        for (const auto& record : view.records) agencies.insert(record.agency);
        out.flags.assign(flags.begin(), flags.end());
        for (const auto& code : agencies) {
            const auto* agency = scheme.find_agency(code);
            if (!agency) continue;
            const auto& contact = agency->contact;
            out.agencies.push_back(agency->name + ": " + both(contact.role, contact.phone));
        }
        return out;
    }

    // The newest level that the front door gave and that every reader may read.
    void set_level(Bundle::YoungPerson& young) {
        for (const auto& line : protect_.referrals_of(readers_.front(), young.person)) {
            const auto& d = line.decision;
            if (!d || d->risk_level.empty() || !all_read(young.person, line.referral.id)) continue;
            const auto* level = protect_.office().scheme.find_risk_level(d->risk_level);
            young.risk = level ? level->label : d->risk_level;
            young.risk_since = base::display(base::london_date(d->decided_at));
            if (d->risk_level == "pending" && d->decide_by) {
                Bundle::Clock clock;
                clock.what = "Level of risk decided";
                clock.about = young.name;
                clock.person = young.person;
                clock.ref = line.referral.ref;
                clock.kind = "referral";
                clock.id = line.referral.id;
                clock.due = base::from_london(*d->decide_by, protect::kOfficeCloses);
                young.clocks.push_back(clock);
                out_.clocks.push_back(std::move(clock));
            }
            return;
        }
    }
    bool all_read(const std::string& person, const std::string& referral) const {
        return all_may([&](const Viewer& v) {
            const auto lines = protect_.referrals_of(v, person);
            return std::any_of(lines.begin(), lines.end(), [&](const auto& line) {
                return line.referral.id == referral && line.decision && !line.decision->risk_level.empty();
            });
        });
    }

    void finish() {
        const auto earlier = [](const Bundle::Clock& a, const Bundle::Clock& b) {
            return std::tuple(!a.danger, a.due, a.ref) < std::tuple(!b.danger, b.due, b.ref);
        };
        std::sort(out_.clocks.begin(), out_.clocks.end(), earlier);
        for (auto& [root, young] : cards_) {
            if (!young) continue;
            std::sort(young->clocks.begin(), young->clocks.end(), earlier);
            out_.people.push_back(std::move(*young));
        }
        std::sort(out_.people.begin(), out_.people.end(),
                  [](const auto& a, const auto& b) { return std::tie(a.name, a.ref) < std::tie(b.name, b.ref); });
        const auto weight = [](const std::string& risk) {  // not graded yet: as medium
            const std::string_view order[] = {"high", "medium", "low", "no_apparent"};
            const auto at = std::find(std::begin(order), std::end(order), risk) - std::begin(order);
            return at == std::ssize(order) ? 1 : at;
        };
        std::stable_sort(out_.missing.begin(), out_.missing.end(), [&](const auto& a, const auto& b) {
            return std::pair(weight(a.risk), a.since) < std::pair(weight(b.risk), b.since);
        });
    }

    const missing::MissingDesk& missing_;
    const protect::ProtectDesk& protect_;
    const people::PeopleDesk& people_;
    std::vector<Viewer> readers_;
    std::map<std::string, std::optional<Bundle::YoungPerson>> cards_;  // by root
    Bundle out_;
};

}  // namespace

Bundle gather_bundle(const missing::MissingDesk& desk, std::vector<Viewer> readers) {
    return Gatherer(desk, std::move(readers)).run();
}

}  // namespace rowan::app
