#include "app/demonstration.h"

#include "app/demonstration_geography.h"
#include "app/demonstration_missing.h"
#include "base/id.h"
#include "base/text.h"
#include "county/county.h"
#include "partnership/accounts.h"
#include "people/people_desk.h"
#include "people/person_store.h"
#include "protect/referral_form.h"
#include "protect/store.h"

#include <algorithm>
#include <map>
#include <ostream>
#include <unordered_map>

namespace rowan::app {

namespace {

using database::Session;
using partnership::AgencyType;
using partnership::Office;

constexpr std::size_t kHouseholdsAtATime = 400;

// A dozen invented people. `agency`: the first of this type in the scheme.
struct Persona {
    const char *user_name, *name, *post;
    AgencyType agency;
    std::vector<std::string> roles;
};
const std::vector<Persona>& personas() {
    static const std::vector<Persona> all = {
        {"imogen", "Imogen Achterberg", "Social worker, front door", AgencyType::la_children, {"front_door"}},
        {"dev", "Dev Raithatha", "Exploitation coordinator", AgencyType::la_children, {"coordinator"}},
        {"martha", "Martha Quillfeather", "Team manager", AgencyType::la_children, {"team_manager"}},
        {"owen",
         "Owen Tredinnick",
         "Detective sergeant, child exploitation",
         AgencyType::police,
         {"practitioner", "panel_chair"}},
        {"safiya", "Safiya Bramwell", "Police constable, response", AgencyType::police, {"practitioner"}},
        {"june",
         "June Okonjo-Hale",
         "Named nurse, safeguarding children",
         AgencyType::health_trust,
         {"safeguarding_lead"}},
        {"tomasz", "Tomasz Wrenfield", "Designated safeguarding lead", AgencyType::school, {"safeguarding_lead"}},
        {"bea",
         "Bea Lanyon",
         "Return interviewer and project worker",
         AgencyType::voluntary,
         {"practitioner", "return_interviewer"}},
        {"ravi", "Ravi Castellow", "Housing officer", AgencyType::housing, {"practitioner"}},
        {"gwen", "Gwen Ashdown", "Data officer, education", AgencyType::education, {"data_officer"}},
        {"noor", "Noor Halloran", "Partnership analyst", AgencyType::la_children, {"analyst"}},
        {"hugh", "Hugh Merriweather", "Board member", AgencyType::la_adults, {"board_member"}},
        {"petra",
         "Petra Songhurst",
         "Information governance officer",
         AgencyType::la_children,
         {"information_governance"}},
        {"piers", "Piers Lovelock", "Caldicott Guardian", AgencyType::health_trust, {"information_governance"}},
        {"alan", "Alan Fenwright", "System administrator", AgencyType::la_children, {"administrator"}},
        // H-111 to be seen: an agency that has not signed gets nothing.
        {"clara",
         "Clara Underhay",
         "Officer of an agency that has not signed",
         AgencyType::regional_network,
         {"practitioner"}},
    };
    return all;
}

const partnership::Agency* first_of(const partnership::Scheme& scheme, AgencyType type) {
    for (const auto& agency : scheme.agencies)
        if (agency.type == type) return &agency;
    return nullptr;
}

std::optional<county::AgencyKind> county_kind(AgencyType type) {
    switch (type) {
        case AgencyType::police:
            return county::AgencyKind::police;
        case AgencyType::la_children:
            return county::AgencyKind::la_children;
        case AgencyType::health_icb:
        case AgencyType::health_trust:
            return county::AgencyKind::health;
        case AgencyType::education:
        case AgencyType::school:
            return county::AgencyKind::education;
        case AgencyType::housing:
            return county::AgencyKind::housing;
        case AgencyType::voluntary:
            return county::AgencyKind::voluntary;
        default:
            return std::nullopt;
    }
}

county::ItemOption item_option(const partnership::ToolItem& item) {
    county::ItemOption out{item.code, {}};
    for (const auto& window : item.windows) out.windows.emplace_back(name_of(window.window));
    return out;
}

county::Options county_options(const Office& office, const DemonstrationOptions& wanted) {
    const auto& scheme = office.scheme;
    county::Options out;
    out.children = wanted.children;
    out.seed = wanted.seed;
    out.as_of = base::london_date(office.clock.now());
    out.la_code = scheme.la_code;
    out.flagged_share = 0.2;  // a problem profile needs a few hundred; S-052 has 339
    for (const auto& area : scheme.areas)
        if (area.kind == partnership::AreaKind::inside) out.areas.push_back({area.code, area.postcodes, 1});
    for (const auto& agency : scheme.agencies)
        if (const auto kind = county_kind(agency.type))
            out.agencies.push_back({agency.code, *kind, agency.table1_group});
    for (const auto& each : scheme.learning_partnerships) out.learning_partnerships.push_back({each.code, ""});
    for (const auto& tool : scheme.tools) {
        auto& items = tool.family == "U12" ? out.items_under_12 : out.items_12_and_over;
        if (items.empty())
            for (const auto& item : tool.items) items.push_back(item_option(item));
    }
    return out;
}

// 0 to 99, a function of both numbers (splitmix64).
int in_hundred(std::uint64_t seed, std::uint64_t n) {
    std::uint64_t z = seed * 0x9E3779B97F4A7C15ULL + n + 1;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return static_cast<int>((z ^ (z >> 31)) % 100);
}

// Collects a few hundred households, then stores them in one transaction and matches them in another.
class Storing final : public county::Visitor {
public:
    Storing(const Office& office, people::PeopleDesk& desk, const DemonstrationOptions& options,
            std::map<std::string, std::string> users)
        : office_(office), desk_(desk), options_(options), users_(std::move(users)) {}

    void household(const county::Household&) override {
        if (++households_ % kHouseholdsAtATime == 0) flush();
    }
    void child(const county::Child& child) override {
        ++counts.children;
        const int age = base::age_on(child.born, base::london_date(office_.clock.now()));
        if (age >= 4 && age < 18 && !child.learning_partnership.empty()) ++on_roll_[child.learning_partnership];
        if (options_.progress && counts.children % 1000 == 0) options_.progress(counts.children);
    }
    void agency_record(const county::AgencyRecord& r) override { records_.push_back(r); }
    void flag(const county::Flag& f) override { flags_.push_back(f); }
    void referral(const county::Referral& r) override { referrals_.push_back(r); }
    void decision(const county::Decision& d) override { decisions_.push_back(d); }
    void screening(const county::Screening& s) override { screenings_.push_back(s); }
    void exclusion(const county::Exclusion& e) override {
        auto& count = exclusions_[{e.learning_partnership, e.academic_year}];
        e.permanent ? ++count.second : ++count.first;
    }
    void education_missing(const county::EducationMissing& e) override { education_.push_back(e); }
    void offender(const county::Offender& o) override { offenders_.push_back(o); }

    void finish() {
        flush();
        must(office_.database.write([&](Session& s) { return store_exclusions(s); }));
    }

    DemonstrationCounts counts;

private:
    static void must(const base::Result<>& done) {
        if (!done.ok()) throw std::runtime_error(done.error().message);
    }

    static people::Identity identity_of(const county::AgencyRecord& r) {
        people::Identity who;
        who.given_names = base::tidy_line(r.first_name + " " + r.middle_names);
        who.family_name = r.family_name;
        if (!r.other_family_name.empty()) who.aliases.push_back(r.first_name + " " + r.other_family_name);
        who.born = r.date_of_birth;
        who.sex = std::string(1, county::letter(r.sex));
        who.ethnicity = r.ethnicity.empty() ? "NOBT" : r.ethnicity;
        who.nhs_number = r.nhs_number;
        who.upn = r.upn;
        who.phone = r.phone;
        who.postcode = r.postcode;
        who.local_ref = r.record_id;
        return who;
    }

    std::string area_of(const people::Identity& who) const {
        return office_.scheme.area_of(base::parse_postcode(who.postcode)).code;
    }
    std::string user_of(const std::string& agency) const {
        const auto found = users_.find(agency);
        return found == users_.end() ? users_.at("") : found->second;
    }

    void flush() {
        if (records_.empty() && offenders_.empty()) return;
        must(office_.database.write([&](Session& s) { return store(s); }));
        desk_.refresh(fresh_);
        must(office_.database.write([&](Session& s) { return match(s); }));
        desk_.refresh(linked_);
        records_.clear();
        flags_.clear();
        referrals_.clear();
        decisions_.clear();
        screenings_.clear();
        education_.clear();
        offenders_.clear();
        stored_.clear();
        fresh_.clear();
        linked_.clear();
        identities_.clear();
    }

    base::Result<> store(Session& s) {
        const auto today = base::london_date(office_.clock.now());
        for (const auto& record : records_) {
            auto who = identity_of(record);
            people::check(who, today);
            const auto made = desk_.store_record(s, record.agency, who, "", "demonstration");
            stored_[record.record_id] = made;
            identities_[record.record_id] = who;
            truth_[made.record] = record.child_id;
            fresh_.push_back(made.record);
            ++counts.records;
            if (options_.truth) *options_.truth << made.record << "," << record.child_id << "\n";
        }
        for (const auto& f : flags_) {
            const auto& who = identities_.at(f.record_id);
            desk_.store_flag(s, stored_.at(f.record_id), f.agency, who, area_of(who), f.code, f.set_on,
                             f.cleared_on);
            ++counts.flags;
        }
        for (const auto& e : education_) {
            const auto& made = stored_.at(e.record_id);
            s.execute(
                "INSERT INTO education_missing (id, record, person, area, started_on, ended_on, points) VALUES "
                "($1, $2, $3, $4, $5, $6, $7) "
                "ON CONFLICT (record, started_on) DO NOTHING",
                base::new_id(), made.record, made.person, area_of(identities_.at(e.record_id)), e.from, e.to,
                base::join(e.points, ","));
        }
        for (const auto& o : offenders_) store_offender(s, o, today);
        for (const auto& r : referrals_) store_referral(s, r);
        for (const auto& sc : screenings_) store_screening(s, sc);
        for (const auto& d : decisions_) store_decision(s, d);
        return base::done();
    }

    void store_offender(Session& s, const county::Offender& o, base::Date today) {
        people::Identity who;
        who.given_names = o.given;
        who.family_name = o.family;
        if (!o.alias.empty())
            (who.given_names.empty() && who.family_name.empty() ? who.known_as = o.alias
                                                                : who.aliases.emplace_back(o.alias));
        who.born = o.born;
        who.sex = std::string(1, county::letter(o.sex));
        who.local_ref = o.id;
        people::check(who, today);
        const auto made = desk_.store_record(s, o.agency, who, "", "demonstration");
        desk_.store_flag(s, made, o.agency, who, area_of(who), "CSE_perpetrator", o.noted_on, std::nullopt);
        fresh_.push_back(made.record);
        ++counts.records;
        ++counts.flags;
    }

    void store_referral(Session& s, const county::Referral& r) {
        const auto& made = stored_.at(r.record_id);
        const auto& who = identities_.at(r.record_id);
        if (r.state == county::ReferralState::draft) {
            protect::Draft draft;
            draft.user_id = user_of(r.agency);
            draft.kind = protect::kReferralDraft;
            draft.updated_at = r.started_at;
            draft.subject = made.person;
            draft.answers.set("subject_kind", "child");
            draft.answers.set("person", made.person);
            draft.answers.set("narrative", r.narrative);
            protect::store::insert_draft(office_, s, draft);
            return;
        }
        protect::Referral out;
        out.received_at = *r.received_at;
        out.subject_kind = "child";
        out.person = made.person;
        out.reason = r.reason;
        out.exploitation = r.exploitation_types;
        out.source_code = r.source_code;
        out.referrer_user = user_of(r.agency);
        out.referrer_agency = r.agency;
        out.csc_question = r.csc_question;
        out.immediate_danger = r.immediate_danger;
        out.child_aware = r.child_aware;
        out.parent_aware = r.parent_aware;
        const auto day = base::london_date(*r.received_at);
        out.definition_version = office_.scheme.definition_on(day).version;
        out.area = area_of(who);
        if (who.born && *who.born <= day) out.age_at = base::age_on(*who.born, day);
        out.state = r.state == county::ReferralState::decided ? "DECISION_MADE" : "RECEIVED";
        out.words.narrative = r.narrative;
        out.words.subject_name = who.display_name();
        out.words.csc_ref = r.csc_reference;
        out.words.csc_reason = r.csc_reason;
        out.words.referrer_post = r.referrer_role;
        protect::store::insert_referral(office_, s, out, out.referrer_user);
        referral_of_[r.id] = out.id;
        received_[r.id] = out.received_at;
        ++counts.referrals;
    }

    void store_screening(Session& s, const county::Screening& c) {
        if (!c.completed) return;
        const auto& made = stored_.at(c.record_id);
        const auto& who = identities_.at(c.record_id);
        const auto day = base::london_date(c.at);
        const int age = who.born && *who.born <= day ? base::age_on(*who.born, day) : (c.under_12 ? 10 : 14);
        const auto* tool = protect::tool_for(office_.scheme, age, day);
        if (!tool) return;
        protect::Screening out;
        out.person = made.person;
        if (const auto found = referral_of_.find(c.referral_id); found != referral_of_.end())
            out.referral = found->second;
        out.tool = tool->code;
        out.completed_at = c.at;
        out.completed_by = user_of(c.agency);
        out.agency = c.agency;
        out.age_at = age;
        out.age_estimated = !who.born;
        for (const auto& answer : c.answers)
            if (const auto* item = tool->find_item(answer.item)) {
                const bool allowed = std::any_of(item->windows.begin(), item->windows.end(), [&](const auto& w) {
                    return name_of(w.window) == answer.window;
                });
                protect::ItemAnswer given;
                given.item = answer.item;
                given.present = answer.present == 'Y' ? "yes" : "possible";
                given.windows = {allowed ? answer.window : std::string(name_of(item->windows.front().window))};
                given.evidence =
                    in_hundred(7, counts.screenings * 64 + out.words.answers.size()) < 60 ? "fact" : "report";
                out.words.answers.push_back(std::move(given));
            }
        const auto scored = protect::score(*tool, out.words.answers);
        out.professional_outcome = scored.suggested_level.empty() ? "pending" : scored.suggested_level;
        // H-171: some people judge otherwise than the sum, and say why.
        if (in_hundred(11, counts.screenings) < 20 && out.professional_outcome == "1") {
            out.professional_outcome = "2";
            out.words.override_reason =
                "The pattern of the last weeks worries me more than the sum says: the contacts are new and older.";
        }
        out.mash_referral = out.professional_outcome == "2" || out.professional_outcome == "3";
        out.words.action = "Shared with the front door; the trusted worker keeps in touch.";
        protect::settle(out, *tool);
        // What is older than three weeks has been reviewed; the rest waits for a safeguarding lead.
        if (office_.clock.now() - c.at > std::chrono::hours{24 * 21}) {
            out.review_outcome = out.mash_referral ? "REFERRED_MASH" : "NO_ACTION";
            out.reviewed_at = c.at + std::chrono::hours{30};
            out.reviewed_by = users_.at("decider");
        }
        protect::store::insert_screening(office_, s, out, out.completed_by);
        ++counts.screenings;
    }

    void store_decision(Session& s, const county::Decision& d) {
        const auto referral = referral_of_.find(d.referral_id);
        if (referral == referral_of_.end()) return;
        protect::Decision out;
        out.referral = referral->second;
        out.decision = d.code;
        out.risk_level = d.code == "strategy_s47"                                             ? "3"
                         : d.code == "assessment_s17" || d.code == "mase" || d.code == "cmog" ? "2"
                         : d.code == "early_help" || d.code == "existing_worker"              ? "1"
                                                                                              : "none";
        out.decided_at = std::max(d.decided_at, received_.at(d.referral_id));
        out.decided_by = users_.at("decider");
        out.acknowledged_at = d.acknowledged_at;
        if (!out.acknowledged_at && office_.clock.now() - out.decided_at > std::chrono::hours{24 * 14})
            out.acknowledged_at = out.decided_at + std::chrono::hours{3};
        if (out.acknowledged_at) out.acknowledged_by = out.decided_by;
        out.words.rationale = d.rationale;
        out.words.best_interests = d.best_interests;
        if (out.acknowledged_at) out.words.told = protect::plain_words(d.code, office_.scheme);
        // Answers older than a month have been read long since.
        if (out.acknowledged_at && office_.clock.now() - *out.acknowledged_at > std::chrono::hours{24 * 30})
            out.read_at = out.acknowledged_at;
        protect::store::insert_decision(office_, s, out, out.decided_by);
        ++counts.decisions;
    }

    // Most true pairs have been decided by the coordinator in the two years; some still wait, so that there is
    // work.
    base::Result<> match(Session& s) {
        std::vector<partnership::AuditEntry> entries;
        for (const auto& id : fresh_) {
            const auto record = desk_.index().record(id);
            if (!record || !truth_.contains(id)) continue;
            std::vector<people::Match> waiting;
            for (const auto& match :
                 desk_.index().matches(record->identity, id, people::kLeastWeight, people::kMostProposals)) {
                const auto other = truth_.find(match.record);
                const bool same = other != truth_.end() && other->second == truth_.at(id);
                if (same && in_hundred(options_.seed, ++decided_) < 60)
                    link(s, id, match);
                else if (match.weight > 4)
                    waiting.push_back(match);
            }
            desk_.propose_links(s, id, waiting, "demonstration", record->agency, entries);
        }
        if (!entries.empty()) office_.audit.append(s, entries);
        return base::done();
    }

    void link(Session& s, const std::string& record, const people::Match& match) {
        const auto a = people::store::find_record(office_, s, record),
                   b = people::store::find_record(office_, s, match.record);
        if (!a || !b || a->root == b->root) return;
        people::store::DecisionRow decision;
        decision.id = base::new_id();
        decision.record_a = record;
        decision.record_b = match.record;
        decision.verdict = "same";
        decision.at = office_.clock.now();
        decision.decided_by = users_.at("coordinator");
        decision.kept = b->record.person;
        decision.absorbed = a->root;
        people::store::insert_decision(office_, s, decision, match.weight);
        people::store::merge(office_, s, *decision.kept, *decision.absorbed, decision.decided_by);
        people::store::close_settled_proposals(s, b->root, decision.at);
        linked_.push_back(record);
        ++counts.links;
    }

    base::Result<> store_exclusions(Session& s) {
        const auto today = base::london_date(office_.clock.now());
        std::string newest;
        for (const auto& [key, count] : exclusions_) newest = std::max(newest, key.second);
        for (const auto& [key, count] : exclusions_) {
            const bool to_date = key.second == newest;
            const auto ended = base::Date{std::chrono::year{std::atoi(key.second.c_str()) + 1} / 8 / 31};
            s.execute(
                "INSERT INTO exclusion_count (partnership, academic_year, as_at, fixed_term, permanent, "
                "number_on_roll, import_id) VALUES ($1, $2, $3, $4, $5, $6, '')",
                key.first, key.second, to_date ? today : ended, count.first, count.second,
                to_date ? std::nullopt : std::optional<std::int64_t>{on_roll_[key.first]});
        }
        return base::done();
    }

    const Office& office_;
    people::PeopleDesk& desk_;
    const DemonstrationOptions& options_;
    std::map<std::string, std::string> users_;  // agency -> user; "" anybody; "decider"; "coordinator"

    std::uint64_t households_ = 0, decided_ = 0;
    std::vector<county::AgencyRecord> records_;
    std::vector<county::Flag> flags_;
    std::vector<county::Referral> referrals_;
    std::vector<county::Decision> decisions_;
    std::vector<county::Screening> screenings_;
    std::vector<county::EducationMissing> education_;
    std::vector<county::Offender> offenders_;
    std::map<std::pair<std::string, std::string>, std::pair<std::int64_t, std::int64_t>> exclusions_;
    std::map<std::string, std::int64_t> on_roll_;

    std::unordered_map<std::string, people::PeopleDesk::Stored> stored_;
    std::unordered_map<std::string, people::Identity> identities_;
    std::unordered_map<std::string, std::string> truth_;        // stored record -> true child
    std::unordered_map<std::string, std::string> referral_of_;  // the county's id -> ours
    std::unordered_map<std::string, base::Instant> received_;
    std::vector<std::string> fresh_, linked_;
};

// Signs every agency into the protocol but the one of the last persona, and makes the accounts.
base::Result<std::map<std::string, std::string>> make_people(const Office& office) {
    std::map<std::string, std::string> users;
    auto done = office.database.write([&](Session& s) -> base::Result<> {
        for (const auto& agency : office.scheme.agencies)
            if (agency.type != AgencyType::regional_network)
                if (auto signed_in =
                        partnership::sign_protocol(office, s, agency.code, "Chief officer", "demonstration");
                    !signed_in.ok())
                    return signed_in;
        for (const auto& persona : personas()) {
            const auto* agency = first_of(office.scheme, persona.agency);
            if (!agency) agency = first_of(office.scheme, AgencyType::la_children);
            const auto made = partnership::add_account(
                office, s,
                {persona.user_name, persona.name, persona.post, agency->code, "", persona.roles, "", ""},
                "demonstration");
            if (!made.ok()) return made.error();
            // Who refers and screens for an agency must be somebody whose role includes it.
            const auto* role = partnership::find_role(persona.roles.front());
            if (std::find(role->permissions.begin(), role->permissions.end(), partnership::Permission::screen) !=
                role->permissions.end()) {
                users.try_emplace(agency->code, *made);
                users.try_emplace("", *made);
            }
            if (persona.roles.front() == "front_door") users["decider"] = *made;
            if (persona.roles.front() == "coordinator") users["coordinator"] = *made;
        }
        return base::done();
    });
    if (!done.ok()) return done.error();
    return users;
}

}  // namespace

base::Result<DemonstrationCounts> fill_with_demonstration(House& house, const DemonstrationOptions& options) {
    const auto& office = house.office();
    auto users = make_people(office);
    if (!users.ok()) return users.error();
    people::PeopleIndex index;
    people::PeopleDesk desk(office, index);
    if (options.truth) *options.truth << "record_id,child_id\n";
    Storing storing(office, desk, options, *users);
    county::generate(county_options(office, options), storing);
    storing.finish();
    const auto located = office.database.write([&](Session& s) -> base::Result<> {
        exchange::store_postcodes(s, invented_geography(office.scheme));
        return base::done();
    });
    if (!located.ok()) return located.error();
    const auto missing = fill_with_missing(office, index, *users, options.seed);
    if (!missing.ok()) return missing.error();
    storing.counts.missing = *missing;
    storing.counts.proposals = static_cast<std::uint64_t>(desk.pairs_waiting());
    return storing.counts;
}

namespace {

base::Result<std::unique_ptr<House>> make_in_place(const HouseOptions& options, const std::string& scheme,
                                                   const DemonstrationOptions& wanted,
                                                   DemonstrationCounts* counts) {
    auto made = House::create(options, scheme, true);
    if (!made.ok()) return made.error();
    try {
        auto filled = fill_with_demonstration(**made, wanted);
        if (filled.ok()) {
            if (counts) *counts = *filled;
            return made;
        }
        made->reset();
        House::remove(options);
        return filled.error();
    } catch (...) {
        made->reset();
        House::remove(options);
        throw;
    }
}

// What an earlier try left when it was interrupted; conflict while another program is at it.
base::Result<> remove_unfinished(const HouseOptions& unfinished) {
    const auto file = unfinished.data / "rowan.db";
    if (std::filesystem::exists(file)) {
        const auto mine = database::Database::open("sqlite:" + file.string());
        if (!mine.ok() && mine.error().kind == base::ErrorKind::conflict) return mine.error();
    }
    House::remove(unfinished);
    // A keyring that was being written: it is put in place by renaming it.
    const auto keyring = keyring_path(unfinished);
    const auto folder = keyring.has_parent_path() ? keyring.parent_path() : std::filesystem::path(".");
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(keyring.filename().string() + ".") && name.ends_with(".new"))
            std::filesystem::remove(entry.path(), none);
    }
    return base::done();
}

}  // namespace

base::Result<std::unique_ptr<House>> make_demonstration(const HouseOptions& options, const std::string& scheme,
                                                        const DemonstrationOptions& wanted,
                                                        DemonstrationCounts* counts) {
    if (!options.database.empty()) return make_in_place(options, scheme, wanted, counts);
    if (auto free = House::check_free(options); !free.ok()) return free.error();
    // Made under another name and renamed when it is whole, so that whatever interrupts it leaves no half county.
    HouseOptions unfinished = options;
    unfinished.data = (options.data / "").parent_path().string() + ".unfinished";
    unfinished.keyring.clear();
    if (auto removed = remove_unfinished(unfinished); !removed.ok()) return removed.error();
    auto made = make_in_place(unfinished, scheme, wanted, counts);
    if (!made.ok()) return made.error();
    made->reset();
    std::filesystem::rename(keyring_path(unfinished), keyring_path(options));
    std::filesystem::rename(unfinished.data, options.data);
    return House::open(options);
}

}  // namespace rowan::app
