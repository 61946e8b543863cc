#include "people/people_desk.h"

#include "base/id.h"
#include "base/text.h"
#include "people/conflict_store.h"
#include "people/index_filler.h"
#include "people/person_store.h"
#include "people/protection_store.h"
#include "people/relations_store.h"
#include "people/shield_store.h"
#include "people/vehicle_store.h"

#include <algorithm>
#include <set>

namespace rowan::people {

using database::Session;
using partnership::AuditEntry;

namespace {

constexpr std::size_t kAskedSingly = 50;  // records that changed together
constexpr std::size_t kLookBehind = 20;   // people looked at for one that is shown

IndexedRecord indexed(const Office& office, Session& s, const store::RecordRow& row) {
    IndexedRecord out;
    out.id = row.record.id;
    out.person = row.record.person;
    out.agency = row.record.agency;
    out.ref = row.ref;
    out.identity = row.record.identity;
    out.area = row.record.area;
    out.sensitivity = row.sensitivity;
    out.at_risk = store::at_risk(office, s, row.record.id);
    out.vehicles = store::vehicles_of(s, row.record.person);
    return out;
}

AuditEntry audited(const Viewer& viewer, std::string_view act, std::string_view kind, const std::string& subject,
                   std::string_view rule, std::string_view detail = "") {
    return {.user_id = viewer.user_id,
            .agency = viewer.agency,
            .act = std::string(act),
            .subject_kind = std::string(kind),
            .subject_id = subject,
            .rule = std::string(rule),
            .detail = std::string(detail)};
}

// Where somebody lives and can be rung, which a safe address keeps from all but those named.
void forget_address(Identity& who) {
    who.address.clear();
    who.postcode.clear();
    who.phone.clear();
}

// The record that shows most, the viewer's own agency first.
const IndexedRecord& best_record(const std::vector<IndexedRecord>& records, const std::string& agency) {
    auto worth = [&](const IndexedRecord& r) {
        const auto& who = r.identity;
        return (r.agency == agency ? 10 : 0) + !who.given_names.empty() + !who.family_name.empty() +
               (who.born ? 2 : 0) + !who.nhs_number.empty() + !who.postcode.empty();
    };
    return *std::max_element(records.begin(), records.end(),
                             [&](const auto& a, const auto& b) { return worth(a) < worth(b); });
}

// The reference that somebody goes by: of the person to whom all these records are linked.
const std::string& ref_of(const std::vector<IndexedRecord>& records, const std::string& root) {
    const auto found =
        std::find_if(records.begin(), records.end(), [&](const auto& r) { return r.person == root; });
    return (found == records.end() ? records.front() : *found).ref;
}

// H-025: whose words about a person this viewer may read. The front door reads all; others their own agency's, and
// another's only where the protocol lets this type of agency read who somebody is.
std::vector<IndexedRecord> readable(std::vector<IndexedRecord> records, const Viewer& viewer, bool all_words,
                                    const partnership::Protocol* protocol) {
    if (all_words) return records;
    const bool has_own =
        std::any_of(records.begin(), records.end(), [&](const auto& r) { return r.agency == viewer.agency; });
    const bool reads_others = protocol && protocol->level(viewer.agency_type, partnership::DataClass::identity) ==
                                              partnership::SharingLevel::read;
    if (has_own || !reads_others) std::erase_if(records, [&](const auto& r) { return r.agency != viewer.agency; });
    return records;
}

}  // namespace

PeopleDesk::PeopleDesk(const Office& office, PeopleIndex& index)
    : office_(office), index_(index), origin_(base::new_id()) {}

base::Result<std::size_t> PeopleDesk::open_index() const {
    const std::lock_guard lock(refreshing_);
    return office_.database.read([&](Session& s) -> base::Result<std::size_t> {
        seen_ = store::last_change(s);  // before the rest: what comes in between is read twice, not never
        // One pass over flags and referrals beats a question for every record.
        std::set<std::string> at_risk;
        const auto today = base::to_iso(base::london_date(office_.clock.now()));
        s.stream_values("SELECT record, flag FROM agency_flag WHERE cleared_on IS NULL OR cleared_on > $1",
                        {today}, [&](const database::Row& row) {
                            const auto* flag = office_.scheme.find_flag(row.text(1));
                            if (flag && (flag->table1 || flag->offender)) at_risk.insert(row.text(0));
                        });
        s.stream_values(
            "SELECT r.id FROM agency_record r JOIN referral f ON f.person = r.person WHERE f.state <> 'LINKED'",
            {}, [&](const database::Row& row) { at_risk.insert(row.text(0)); });
        const auto shields = store::all_shields(s);
        const auto vehicles = store::all_vehicles(s);
        std::size_t count = 0;
        IndexFiller filler(index_);
        store::each_record(office_, s, [&](store::RecordRow&& row) {
            IndexedRecord record{row.record.id,
                                 row.record.person,
                                 row.record.agency,
                                 row.ref,
                                 std::move(row.record.identity),
                                 row.record.area,
                                 at_risk.contains(row.record.id),
                                 row.sensitivity};
            if (const auto shield = shields.find(row.root); shield != shields.end())
                record.sensitivity = std::max(record.sensitivity, shield->second);
            if (const auto own = vehicles.find(record.person); own != vehicles.end())
                record.vehicles = own->second;
            filler.add(std::move(record), std::move(row.root));
            ++count;
        });
        filler.finish();
        return count;
    });
}

partnership::PersonSight PeopleDesk::sight(const Viewer& viewer, const std::string& person,
                                           Purpose purpose) const {
    const auto root = index_.root_of(person);
    // For one that is not there the same steps are taken as for one that is not shown, so that time tells neither
    // (SECURITY.md 6.2).
    const auto records = index_.holders_of(root);
    partnership::PersonFacts facts;
    for (const auto& record : records) {
        facts.agencies.insert(record.agency);
        facts.at_risk |= record.at_risk;
        facts.sensitivity = std::max(facts.sensitivity, record.sensitivity);
    }
    // Read from the database, not from memory: who is taken off a record is out with the next request.
    if (facts.sensitivity != partnership::Sensitivity::ordinary)
        facts.allowed_by_name =
            office_.database.read([&](Session& s) { return store::named_for(s, root, viewer.user_id); });
    facts.emergency = std::any_of(viewer.emergencies.begin(), viewer.emergencies.end(),
                                  [&](const auto& each) { return index_.root_of(each) == root; });
    for (const auto& tie : viewer.ties)
        if (index_.root_of(tie.person) == root)
            (tie.work == partnership::Work::allocated ? facts.allocated
             : tie.work == partnership::Work::meeting ? facts.meeting
                                                      : facts.disclosed) = true;
    if (const auto ties = index_.ties(root, recognised(viewer)->keys); ties)
        facts.conflict = office_.database.read(
            [&](Session& s) { return (ties & ~store::lifted_ties(s, viewer.user_id, root)) != 0; });
    const auto* protocol = office_.scheme.protocol_on(base::london_date(office_.clock.now()));
    auto sight = may_see(viewer, facts, protocol, office_.scheme.access.own_agency, purpose);
    if (sight.sight != Sight::full && !sight.shut_out) {
        office_.database.read([&](Session& s) {
            if (hooks.referred_by) facts.referred_by_viewer = hooks.referred_by(s, root, viewer.user_id);
            for (const auto& team : store::teams_allocated(s, root, viewer.agency)) {
                facts.agency_allocated = true;
                facts.team_allocated |= !team.empty() && team == viewer.team;
            }
        });
        sight = may_see(viewer, facts, protocol, office_.scheme.access.own_agency, purpose);
    }
    return records.empty() ? partnership::PersonSight{} : sight;
}

std::shared_ptr<const PeopleDesk::Recognised> PeopleDesk::recognised(const Viewer& viewer) const {
    constexpr std::size_t kKept = 4096;
    {
        const std::lock_guard lock(recognising_);
        const auto found = recognised_.find(viewer.user_id);
        if (found != recognised_.end() && found->second->interests == viewer.interests) return found->second;
    }
    auto made = std::make_shared<const Recognised>(Recognised{viewer.interests, conflict_keys(viewer.interests)});
    const std::lock_guard lock(recognising_);
    if (recognised_.size() >= kKept) recognised_.clear();
    return recognised_[viewer.user_id] = std::move(made);
}

std::set<std::string> PeopleDesk::sealed_out(const Viewer& viewer) const {
    std::set<std::string> out;
    const auto tied = index_.tied(recognised(viewer)->keys);
    if (tied.empty()) return out;
    office_.database.read([&](Session& s) {
        for (const auto& [root, ties] : tied)
            if ((ties & ~store::lifted_ties(s, viewer.user_id, root)) != 0) out.insert(root);
    });
    return out;
}

partnership::Sensitivity PeopleDesk::sensitivity(const std::string& person) const {
    auto out = partnership::Sensitivity::ordinary;
    for (const auto& record : index_.holders_of(index_.root_of(person))) out = std::max(out, record.sensitivity);
    return out;
}

std::vector<Signpost> PeopleDesk::signposts(const Viewer& viewer, const std::string& person,
                                            const partnership::PersonSight& sight) const {
    std::set<std::string> codes;
    for (const auto& record : index_.holders_of(index_.root_of(person)))
        if (record.agency != viewer.agency && record.at_risk) codes.insert(record.agency);
    std::vector<Signpost> out;
    if (sight.sight == Sight::signpost && sight.rule == "own-agency")
        if (const auto* own = office_.scheme.find_agency(viewer.agency))
            out.push_back({own->code, own->name, own->contact});
    for (const auto& code : codes)
        if (const auto* agency = office_.scheme.find_agency(code))
            out.push_back({code, agency->name, agency->contact});
    return out;
}

std::vector<PersonLine> PeopleDesk::lines(const Viewer& viewer, const std::vector<std::string>& people,
                                          Purpose purpose) const {
    std::vector<PersonLine> out;
    for (const auto& person : people) {
        const auto root = index_.root_of(person);
        PersonLine line;
        line.subject = root;
        line.sight = sight(viewer, root, purpose);
        if (line.sight.sight == Sight::none) continue;
        const auto records = index_.records_of(root);
        if (records.empty()) continue;  // linked to somebody else in this moment
        if (line.sight.sight == Sight::signpost) {
            for (const auto& post : signposts(viewer, root, line.sight)) line.agencies.push_back(post.agency_name);
            out.push_back(std::move(line));
            continue;
        }
        const auto words = readable(records, viewer, line.sight.all_words,
                                    office_.scheme.protocol_on(base::london_date(office_.clock.now())));
        line.person = root;
        line.ref = ref_of(records, root);
        const auto best = words.empty() ? IndexedRecord{} : best_record(words, viewer.agency);
        line.name = best.identity.display_name();
        line.born = best.identity.born;
        line.sex = best.identity.sex;
        if (line.sight.address) line.area = best.area;
        std::set<std::string> agencies;
        for (const auto& record : records) {
            agencies.insert(record.agency);
            line.at_risk |= record.at_risk;
        }
        for (const auto& code : agencies)
            if (const auto* agency = office_.scheme.find_agency(code)) line.agencies.push_back(agency->name);
        out.push_back(std::move(line));
    }
    return out;
}

std::vector<PersonLine> PeopleDesk::find(const Viewer& viewer, std::string_view words, std::size_t limit) const {
    // More are asked for than shown, because some may not be seen: an agency that knows one Smith of a hundred
    // finds its own.
    std::vector<PersonLine> out;
    for (const auto& found : index_.search(words, limit * kLookBehind)) {
        if (out.size() == limit) break;
        auto line = lines(viewer, {found.person});
        if (line.empty()) continue;
        // A signpost answers only a search that already names one person.
        if (line.front().sight.sight == Sight::signpost && !found.specific) continue;
        line.front().why_found = found.why;
        out.push_back(std::move(line.front()));
    }
    return out;
}

std::optional<PersonView> PeopleDesk::view(const Viewer& viewer, const std::string& person) const {
    const auto root = index_.root_of(person);
    PersonView out;
    out.sight = sight(viewer, root);
    if (out.sight.sight == Sight::none) return std::nullopt;
    out.contacts = signposts(viewer, root, out.sight);
    if (out.sight.sight == Sight::signpost) return out;
    out.id = root;
    return office_.database.read([&](Session& s) -> std::optional<PersonView> {
        const auto row = store::find_person(s, root);
        if (!row) return std::nullopt;
        out.ref = row->ref;
        out.version = row->version;
        const auto* protocol = office_.scheme.protocol_on(base::london_date(office_.clock.now()));
        if (out.sight.rule == "meeting" || out.sight.rule == "disclosure") {
            for (auto& work : store::work_of(office_, s, viewer.user_id))
                if (name_of(work.work) == out.sight.rule && index_.root_of(work.person) == root &&
                    out.work.empty()) {
                    out.work = work.id;
                    out.purpose = std::move(work.purpose);
                }
        } else if (protocol && out.sight.rule != "break-glass") {
            out.purpose = protocol->purpose(viewer.agency_type);
        }
        const bool reads_all = out.sight.all_words;
        const bool reads_flags =
            reads_all || (protocol && protocol->level(viewer.agency_type, partnership::DataClass::flags) ==
                                          partnership::SharingLevel::read);
        const auto indexed_records = index_.records_of(root);
        if (indexed_records.empty()) return std::nullopt;
        std::set<std::string> agencies;
        for (auto& each : store::records_of(office_, s, root)) {
            agencies.insert(each.record.agency);
            // H-025: another agency's record is read only where the protocol says so; that there is one is known.
            if (!reads_all && each.record.agency != viewer.agency) each.record.identity = Identity{};
            out.records.push_back(std::move(each.record));
        }
        if (const auto words = readable(indexed_records, viewer, reads_all, protocol); !words.empty())
            out.identity = best_record(words, viewer.agency).identity;
        out.sensitivity = std::max(store::sensitivity_of(s, root), store::shield_of(s, root).level);
        if (!out.sight.address) {
            forget_address(out.identity);
            for (auto& record : out.records) forget_address(record.identity);
        }
        for (const auto& code : agencies)
            if (const auto* agency = office_.scheme.find_agency(code)) out.agencies.push_back(agency->name);
        for (auto& flag : store::flags_of(s, root))
            if (reads_flags || flag.agency == viewer.agency) out.flags.push_back(std::move(flag));
        for (const auto& link : store::links_of(office_, s, root))
            out.links.push_back({link.id, link.record_a, link.record_b, link.decided_by, link.reason, link.at});
        if (may(viewer, partnership::Permission::review_matches).allowed)
            for (const auto& decision : store::kept_apart(s, root))
                if (auto each = apart(viewer, s, decision)) out.apart.push_back(std::move(*each));
        return out;
    });
}

bool PeopleDesk::knows(Session& s, const std::string& agency, const std::string& local_ref) const {
    return store::record_by_local_ref(office_, s, agency, local_ref).has_value();
}

PeopleDesk::Stored PeopleDesk::store_record(Session& s, const std::string& agency, const Identity& who,
                                            const std::string& import_id, const std::string& by) const {
    if (const auto known = store::record_by_local_ref(office_, s, agency, who.local_ref)) {
        auto row = store::find_record(office_, s, *known);
        store::update_record(office_, s, row->record, who, import_id, by);
        return {row->record.id, row->record.person, false};
    }
    const auto record = store::insert_record(office_, s, agency, who, import_id, by);
    return {record.id, record.person, true};
}

void PeopleDesk::store_flag(Session& s, const Stored& stored, const std::string& agency, const Identity& who,
                            const std::string& area, const std::string& flag, base::Date set_on,
                            std::optional<base::Date> cleared_on) const {
    Flag out;
    out.id = base::new_id();
    out.record = stored.record;
    out.agency = agency;
    out.flag = flag;
    out.set_on = set_on;
    out.cleared_on = cleared_on;
    if (who.born && *who.born <= set_on)
        out.age_at = base::age_on(*who.born, set_on);  // S-028: the age on the day
    out.sex = who.sex;
    out.area = area;
    store::insert_flag(s, out);
}

PeopleDesk::Proposed PeopleDesk::propose_links(Session& s, const std::string& record,
                                               const std::vector<Match>& matches, const std::string& by,
                                               const std::string& agency, std::vector<AuditEntry>& entries) const {
    Proposed out;
    const auto now = office_.clock.now();
    auto person_of = [&](const std::string& id) {
        return s.one("SELECT p.root, p.id FROM agency_record r JOIN person p ON p.id = r.person WHERE r.id = $1",
                     id);
    };
    if (matches.empty()) return out;
    const auto own = person_of(record);
    if (!own) return out;
    auto root = own->text(0);
    auto apart = store::roots_apart(s, root);
    for (const auto& match : matches) {
        const auto other = person_of(match.record);
        // "Not the same" is remembered for ever (SECURITY.md, West Midlands 2020-22).
        if (!other || other->text(0) == root || apart.contains(other->text(0))) continue;
        // The rule links no two protected people whom nobody may see both of; a person on both lists is found
        // first.
        if (match.certain && office_.scheme.certain_links == partnership::CertainLinks::link &&
            store::somebody_on_both(s, root, other->text(0))) {
            store::DecisionRow decision;
            decision.id = base::new_id();
            decision.record_a = record;
            decision.record_b = match.record;
            decision.verdict = "same";
            decision.at = now;
            decision.decided_by = by;
            decision.reason = "The scheme's rule: same valid NHS number or UPN, and nothing contradicts it";
            decision.kept = other->text(1);
            decision.absorbed = root;
            store::insert_decision(office_, s, decision, match.weight);
            store::merge(office_, s, *decision.kept, *decision.absorbed, by);
            root = other->text(0);
            apart = store::roots_apart(s, root);
            store::close_settled_proposals(s, root, now);
            ++out.links;
            entries.push_back({.user_id = by,
                               .agency = agency,
                               .act = "link-by-rule",
                               .subject_kind = "person",
                               .subject_id = *decision.absorbed,
                               .rule = "certain-links",
                               .detail = "kept=" + *decision.kept + " decision=" + decision.id});
        } else {
            store::propose(s, record, match.record, match.weight, now);
            ++out.proposals;
        }
    }
    return out;
}

void PeopleDesk::note_change(Session& s, const std::vector<std::string>& records) const {
    store::note_change(office_, s, origin_, records);
}

bool PeopleDesk::behind(Session& s) const { return store::last_change(s) != seen_; }

void PeopleDesk::follow() const {
    if (!office_.database.read([&](Session& s) { return behind(s); })) return;
    const std::lock_guard lock(following_);
    const auto changes =
        office_.database.read([&](Session& s) { return store::changes_since(s, seen_, origin_); });
    if (!changes.complete) {
        if (const auto all = open_index(); !all.ok()) throw std::runtime_error(all.error().message);
        return;
    }
    if (!changes.records.empty()) refresh(changes.records);
    seen_ = changes.last;
}

void PeopleDesk::refresh(const std::vector<std::string>& records) const {
    const std::lock_guard lock(refreshing_);  // or what was read first could be put last
    office_.database.read_session([&](Session& s) {
        // Of a whole extract all at once; of a few each by itself.
        const auto all = records.size() > kAskedSingly ? std::optional{store::all_shields(s)} : std::nullopt;
        const auto shield = [&](const std::string& root) {
            if (!all) return store::shield_of(s, root).level;
            const auto found = all->find(root);
            return found == all->end() ? partnership::Sensitivity::ordinary : found->second;
        };
        for (const auto& id : records) {
            const auto row = store::find_record(office_, s, id);
            if (!row) continue;
            index_.put(indexed(office_, s, *row));
            // Everybody under the same root, because a link moves whole families of records.
            for (const auto& member : s.query("SELECT id FROM person WHERE root = $1", row->root))
                index_.set_root(member.text(0), row->root);
            index_.set_sensitivity(row->root, std::max(row->sensitivity, shield(row->root)));
        }
    });
}

std::optional<Pair> PeopleDesk::pair(const Viewer& viewer, const std::string& a, const std::string& b) const {
    if (!may(viewer, partnership::Permission::review_matches).allowed) return std::nullopt;
    // A restricted record is matched by nobody whom it does not name.
    bool address = true;
    for (const auto& record : {index_.record(a), index_.record(b)}) {
        if (!record) return std::nullopt;
        const auto seen = sight(viewer, index_.root_of(record->person));
        if (seen.sight != Sight::full) return std::nullopt;
        address &= seen.address;
    }
    const auto sealed = sealed_out(viewer);
    return office_.database.read([&](Session& s) -> std::optional<Pair> {
        auto left = store::find_record(office_, s, a), right = store::find_record(office_, s, b);
        if (!left || !right) return std::nullopt;
        Pair out;
        auto waterfall = index_.explain(a, b);
        if (!waterfall) return std::nullopt;
        out.waterfall = std::move(*waterfall);
        out.a = std::move(left->record);
        out.b = std::move(right->record);
        if (!address) {
            forget_address(out.a.identity);
            forget_address(out.b.identity);
            std::erase_if(out.waterfall.steps, tells_address);
        }
        out.waiting = store::open_proposals(s, sealed);
        return out;
    });
}

std::optional<Pair> PeopleDesk::next_pair(const Viewer& viewer, const std::string& after_a,
                                          const std::string& after_b) const {
    auto a = after_a, b = after_b;
    std::optional<store::ProposalRow> first;
    while (true) {
        const auto next = office_.database.read([&](Session& s) { return store::next_proposal(s, a, b); });
        // Once round, and nothing that this viewer may see.
        if (!next || (first && first->record_a == next->record_a && first->record_b == next->record_b))
            return std::nullopt;
        if (auto found = pair(viewer, next->record_a, next->record_b)) return found;
        if (!first) first = next;
        a = next->record_a;
        b = next->record_b;
    }
}

base::Result<> PeopleDesk::decide_pair(const Viewer& viewer, const std::string& a, const std::string& b,
                                       Verdict verdict, const std::string& reason) const {
    const auto permit = may(viewer, partnership::Permission::review_matches);
    if (!permit.allowed)
        return base::refused("You cannot decide about matches: " + std::string(permit.sentence) + ".");
    const auto shown = pair(viewer, a, b);
    if (!shown) return base::not_found("One of these records is no longer there.");
    static constexpr const char* kVerdicts[] = {"same", "different", "unsure"};
    const char* word = kVerdicts[static_cast<int>(verdict)];
    auto done = office_.database.write([&](Session& s) -> base::Result<> {
        const auto left = store::find_record(office_, s, a), right = store::find_record(office_, s, b);
        if (!left || !right) return base::not_found("One of these records is no longer there.");
        const auto now = office_.clock.now();
        store::DecisionRow decision;
        decision.id = base::new_id();
        decision.record_a = a;
        decision.record_b = b;
        decision.verdict = word;
        decision.at = now;
        decision.decided_by = viewer.user_id;
        decision.reason = base::tidy(reason);
        if (verdict == Verdict::same) {
            if (left->root == right->root) return base::conflict("These two records are already one person.");
            if (!store::somebody_on_both(s, left->root, right->root))
                return base::conflict(
                    "Both records are protected, and nobody is named on both. Have somebody named on both first.");
            for (const auto& other : store::decisions_between(s, left->root, right->root))
                if (other.verdict == "different")
                    return base::conflict(
                        "Somebody decided on " + base::display(base::london_date(other.at)) +
                        " that two of these records are different people. Undo that decision first.");
            decision.kept = left->record.person;
            decision.absorbed = right->root;
        } else if (verdict == Verdict::different && left->root == right->root) {
            return base::conflict("These two records are linked. Undo the link on the person's page instead.");
        }
        store::insert_decision(office_, s, decision, shown->waterfall.score.weight);
        if (verdict == Verdict::same) {
            store::merge(office_, s, *decision.kept, *decision.absorbed, viewer.user_id);
            store::close_settled_proposals(s, left->root, now);
        }
        if (verdict != Verdict::unsure) store::close_proposal(s, a, b, now);
        if (verdict != Verdict::unsure) note_change(s, {a, b});  // what is decided is shielded no longer
        office_.audit.append(s, audited(viewer, "decide-match", "record", a, permit.rule,
                                        std::string("verdict=") + word + " other=" + b));
        return base::done();
    });
    if (done.ok() && verdict != Verdict::unsure) refresh({a, b});
    return done;
}

base::Result<> PeopleDesk::undo_link(const Viewer& viewer, const std::string& decision_id, bool apart,
                                     const std::string& reason) const {
    const auto permit = may(viewer, partnership::Permission::review_matches);
    if (!permit.allowed) return base::refused("You cannot undo a link: " + std::string(permit.sentence) + ".");
    const auto linked = office_.database.read([&](Session& s) { return store::find_decision(s, decision_id); });
    if (!linked || !linked->absorbed || sight(viewer, index_.root_of(*linked->absorbed)).sight != Sight::full)
        return base::not_found("There is no such link.");
    std::vector<std::string> changed;
    auto done = office_.database.write([&](Session& s) -> base::Result<> {
        const auto decision = store::find_decision(s, decision_id);
        if (!decision || decision->verdict != "same" || !decision->absorbed)
            return base::not_found("There is no such link.");
        if (decision->undone) return base::conflict("This link has already been undone.");
        const auto absorbed = store::find_person(s, *decision->absorbed);
        if (!absorbed || !absorbed->merged_into) return base::conflict("This link is no longer in force.");
        const auto now = office_.clock.now();
        for (const auto& row :
             s.query("SELECT r.id FROM agency_record r JOIN person p ON p.id = r.person WHERE p.root = $1",
                     absorbed->root))
            changed.push_back(row.text(0));
        store::unmerge(office_, s, *decision->absorbed, viewer.user_id);
        store::mark_undone(office_, s, *decision, now, viewer.user_id, base::tidy(reason));
        if (apart) {
            store::DecisionRow different;
            different.id = base::new_id();
            different.record_a = decision->record_a;
            different.record_b = decision->record_b;
            different.verdict = "different";
            different.at = now;
            different.decided_by = viewer.user_id;
            different.reason = base::tidy(reason);
            store::insert_decision(office_, s, different, 0);
        }
        // After that decision, so that two who are different are not put before anybody again.
        store::reopen_proposals(s, absorbed->root, *decision->absorbed);
        note_change(s, changed);
        office_.audit.append(s, audited(viewer, "undo-link", "person", *decision->absorbed, permit.rule,
                                        apart ? "apart=1" : "apart=0"));
        return base::done();
    });
    if (done.ok()) refresh(changed);
    return done;
}

// --- undoing "different" ----------------------------------------------------------------------------------------

std::optional<Apart> PeopleDesk::apart(const Viewer& viewer, Session& s,
                                       const store::DecisionRow& decision) const {
    if (decision.verdict != "different" || decision.undone) return std::nullopt;
    auto a = store::find_record(office_, s, decision.record_a),
         b = store::find_record(office_, s, decision.record_b);
    if (!a || !b) return std::nullopt;
    const auto seen_a = sight(viewer, a->root), seen_b = sight(viewer, b->root);
    if (seen_a.sight != Sight::full || seen_b.sight != Sight::full) return std::nullopt;
    Apart out;
    out.decision = decision.id;
    out.ref_a = a->ref;
    out.ref_b = b->ref;
    out.person_a = a->root;
    out.person_b = b->root;
    out.a = std::move(a->record);
    out.b = std::move(b->record);
    if (!seen_a.address) forget_address(out.a.identity);
    if (!seen_b.address) forget_address(out.b.identity);
    out.decided_by = decision.decided_by;
    out.reason = store::reason_of(office_, s, decision);
    out.at = decision.at;
    return out;
}

std::optional<Apart> PeopleDesk::apart(const Viewer& viewer, const std::string& decision_id) const {
    if (!may(viewer, partnership::Permission::review_matches).allowed) return std::nullopt;
    return office_.database.read([&](Session& s) -> std::optional<Apart> {
        const auto decision = store::find_decision(s, decision_id);
        return decision ? apart(viewer, s, *decision) : std::nullopt;
    });
}

std::optional<std::string> PeopleDesk::apart_between(const Viewer& viewer, const std::string& record_a,
                                                     const std::string& record_b) const {
    if (!may(viewer, partnership::Permission::review_matches).allowed) return std::nullopt;
    return office_.database.read([&](Session& s) -> std::optional<std::string> {
        const auto a = store::find_record(office_, s, record_a), b = store::find_record(office_, s, record_b);
        if (!a || !b) return std::nullopt;
        for (const auto& decision : store::decisions_between(s, a->root, b->root))
            if (apart(viewer, s, decision)) return decision.id;
        return std::nullopt;
    });
}

base::Result<> PeopleDesk::undo_apart(const Viewer& viewer, const std::string& decision_id,
                                      const std::string& reason) const {
    const auto permit = may(viewer, partnership::Permission::review_matches);
    if (!permit.allowed) return base::refused("You cannot undo this: " + std::string(permit.sentence) + ".");
    const auto why = base::tidy(reason);
    const auto gone = base::not_found("There is no such decision.");
    const auto before = office_.database.read([&](Session& s) {
        auto found = store::find_decision(s, decision_id);
        if (!found) return found;
        auto shown = *found;
        shown.undone = false;  // undone or not, it is there only for who may see both
        if (!apart(viewer, s, shown)) found.reset();
        return found;
    });
    if (!before) return gone;
    if (why.empty()) return base::invalid("Enter why they may be the same person after all.");
    const auto evidence = index_.explain(before->record_a, before->record_b);
    const auto done = office_.database.write([&](Session& s) -> base::Result<> {
        const auto decision = store::find_decision(s, decision_id);
        if (!decision) return gone;
        if (decision->undone) return base::conflict("This decision has already been undone.");
        const auto a = store::find_record(office_, s, decision->record_a),
                   b = store::find_record(office_, s, decision->record_b);
        if (!a || !b) return gone;
        const auto now = office_.clock.now();
        store::mark_undone(office_, s, *decision, now, viewer.user_id, why);
        const auto others = store::decisions_between(s, a->root, b->root);
        const bool still_apart =
            std::any_of(others.begin(), others.end(), [](const auto& d) { return d.verdict == "different"; });
        if (a->root != b->root && !still_apart) {
            store::reopen_proposals(s, a->root, b->root);
            if (evidence && evidence->score.weight >= kLeastWeight)
                store::propose(s, decision->record_a, decision->record_b, evidence->score.weight, now);
        }
        note_change(s, {decision->record_a, decision->record_b});  // before the audit entry, as always
        office_.audit.append(s, audited(viewer, "undo-apart", "record", decision->record_a, permit.rule,
                                        "other=" + decision->record_b + " decision=" + decision_id));
        return base::done();
    });
    if (done.ok()) refresh({before->record_a, before->record_b});
    return done;
}

int PeopleDesk::pairs_waiting(const std::set<std::string>& without) const {
    return office_.database.read([&](Session& s) { return store::open_proposals(s, without); });
}

}  // namespace rowan::people
