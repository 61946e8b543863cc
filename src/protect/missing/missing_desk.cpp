#include "protect/missing/missing_desk.h"

#include "base/text.h"
#include "partnership/accounts.h"
#include "protect/missing/choices.h"
#include "protect/missing/mention_store.h"

#include <algorithm>

namespace rowan::protect::missing {

using database::Session;
using partnership::Permission;
using partnership::Sight;
using people::FieldProblem;

namespace {

constexpr double kLeastWeight = -2;  // the same line as for referrals and extracts
constexpr std::size_t kMostProposals = 5;

base::Error not_there() { return base::not_found("There is no such episode."); }
base::Error changed() { return base::conflict("Somebody else has changed this since you opened it."); }
base::Error wrong(const std::vector<FieldProblem>& problems) {
    return base::invalid(problems.front().message + ".");
}

int weight_of(const std::string& risk) {
    for (std::size_t i = 0; i < risks().size(); ++i)
        if (risks()[i].code == risk) return static_cast<int>(i);
    return 2;  // not graded yet: as medium
}

}  // namespace

MissingDesk::MissingDesk(const ProtectDesk& desk) : desk_(desk) {}

const partnership::Parameters& MissingDesk::rules() const {
    return office().scheme.parameters_on(base::london_date(office().clock.now()));
}

void MissingDesk::record(Session& s, const Viewer& viewer, std::string_view act, std::string_view kind,
                         const std::string& id, std::string_view rule, std::string_view detail) const {
    partnership::AuditEntry entry;
    entry.user_id = viewer.user_id;
    entry.agency = viewer.agency;
    entry.act = act;
    entry.subject_kind = kind;
    entry.subject_id = id;
    entry.outcome = "allowed";
    entry.rule = rule;
    entry.detail = detail;
    office().audit.append(s, entry);
}

EpisodeSight MissingDesk::sight_of(const Viewer& viewer, const Episode& e) const {
    const auto* protocol = office().scheme.protocol_on(base::london_date(office().clock.now()));
    const auto person = desk_.people().sight(viewer, e.person);
    auto out = may_see_episode(viewer, {e.reporting_agency, e.lead_agency, person}, protocol);
    out.address = desk_.people().sensitivity(e.person) == partnership::Sensitivity::ordinary || person.address;
    return out;
}

namespace {

// Where somebody with a safe address lives goes to nobody who is not named on the record; what came up, only to
// those who may read it.
void keep_to(const Viewer& viewer, Episode& e, const EpisodeSight& sight) {
    keep_readable(viewer, e.words.mentions);
    if (sight.address) return;
    e.words.home_postcode.clear();
    e.words.placement.clear();
    e.words.placement_postcode.clear();
    e.placement_home.clear();
}

}  // namespace

InterviewState MissingDesk::state_of(Session& s, const Episode& e) const {
    InterviewState out;
    for (const auto& row : s.query(
             "SELECT l.offered_at, l.completed_at, i.id, i.response, i.parent_offered_at FROM interview_episode l "
             "JOIN return_interview i ON i.id = l.interview WHERE l.episode = $1 ORDER BY "
             "COALESCE(l.offered_at, 0), i.id",
             e.id)) {
        const auto earlier = [](std::optional<Instant>& into, std::optional<Instant> at) {
            if (at && (!into || *at < *into)) into = at;
        };
        earlier(out.offered, row.maybe_instant(0));
        earlier(out.completed, row.maybe_instant(1));
        out.interview = row.text(2);
        out.response = response_named(row.text(3)).value_or(Response::none);
        out.parents_asked = !row.null(4);
    }
    const auto& then = office().scheme.parameters_on(base::london_date(e.missing_from));
    out.offer = offer_clock(e, out.offered, then);
    out.completion = completion_clock(e, out.completed, then);
    return out;
}

// --- the board --------------------------------------------------------------------------------------------------

std::int64_t MissingDesk::stamp() const {
    return office().database.read([&](Session& s) { return store::changes(s); });
}

Board MissingDesk::board(const Viewer& viewer) const {
    return office().database.read([&](Session& s) {
        Board out;
        out.stamp = store::changes(s);
        const auto now = office().clock.now();
        for (auto& e : store::not_yet_safe(office(), s)) {
            BoardLine line;
            line.sight = sight_of(viewer, e);
            if (!line.sight.allowed) {
                ++out.hidden;
                continue;
            }
            if (const auto* agency = office().scheme.find_agency(e.lead_agency)) line.lead_agency = agency->name;
            const auto root = desk_.people().index().root_of(e.person);
            line.repeat = repeat_trigger(store::episodes_of(s, root), now, rules());
            line.episode = std::move(e);
            out.lines.push_back(std::move(line));
        }
        std::stable_sort(out.lines.begin(), out.lines.end(), [](const BoardLine& a, const BoardLine& b) {
            const auto rank = [](const BoardLine& l) {
                return std::tuple(l.episode.stage(), l.episode.taken_at.has_value(), -weight_of(l.episode.risk),
                                  l.episode.missing_from);
            };
            return rank(a) < rank(b);
        });
        return out;
    });
}

// --- episodes ---------------------------------------------------------------------------------------------------

std::vector<FieldProblem> MissingDesk::problems_of(const Episode& e, const EpisodeWords& before) const {
    auto out = check(e, rules(), office().clock.now());
    for (const auto& [field, typed] :
         {std::pair{"home_postcode", e.words.home_postcode}, {"placement_postcode", e.words.placement_postcode}})
        if (const auto problem = check_postcode(field, typed)) out.push_back(*problem);
    for (auto& unknown : unknown_postcodes(e.words, before)) out.push_back(std::move(unknown));
    if (!e.placement_home.empty() && !office().scheme.find_home(e.placement_home))
        out.push_back({"placement_home", "Select a children’s home from the list"});
    if (!e.found_place.empty() && !office().scheme.find_place(e.found_place))
        out.push_back({"found_place", "Select a place from the list"});
    if (e.person.empty()) return out;
    auto others = office().database.read(
        [&](Session& s) { return store::episodes_of(s, desk_.people().index().root_of(e.person)); });
    // Two people who turned out to be one may have been missing twice at a time: that is no reason to refuse news.
    const auto stored = std::find_if(others.begin(), others.end(),
                                     [&](const Episode& o) { return !e.id.empty() && o.id == e.id; });
    if (stored != others.end()) {
        const auto before = *stored;
        std::erase_if(others, [&](const Episode& o) { return o.id != e.id && overlapping(before, {o}); });
    }
    if (const auto* other = overlapping(e, others)) out.push_back({"missing_from", overlap_sentence(*other)});
    return out;
}

std::vector<FieldProblem> MissingDesk::unknown_postcodes(const EpisodeWords& words,
                                                         const EpisodeWords& before) const {
    std::vector<FieldProblem> out;
    const auto look = [&](const char* field, const std::string& typed, const std::string& was) {
        if (typed == was || said_right(words, typed)) return;
        const auto postcode = base::parse_postcode(typed);
        if (office().database.read([&](Session& s) { return store::missing_from_file(s, postcode); }))
            out.push_back(unknown_postcode(field, typed));
    };
    look("home_postcode", words.home_postcode, before.home_postcode);
    look("placement_postcode", words.placement_postcode, before.placement_postcode);
    return out;
}

void MissingDesk::take_snapshots(Episode& e, const std::optional<Date>& born, const std::string& area) const {
    const auto& scheme = office().scheme;
    const auto of = [&](const std::string& postcode) {
        return scheme.area_of(base::parse_postcode(postcode)).code;
    };
    const auto day = base::london_date(e.missing_from);
    if (born && *born <= day) e.age_at = base::age_on(*born, day);
    e.home_area = e.words.home_postcode.empty() && !area.empty() ? area : of(e.words.home_postcode);
    if (const auto* home = scheme.find_home(e.placement_home)) {
        e.words.placement = home->name;
        e.words.placement_postcode = home->postcode;
    }
    e.placement_area = e.looked_after ? of(e.words.placement_postcode) : "";
    if (e.responsible_la.empty()) e.responsible_la = scheme.la_code;
}

std::optional<SubjectFacts> MissingDesk::subject(const Viewer& viewer, const std::string& person) const {
    return desk_.subject(viewer, person);
}

base::Result<std::string> MissingDesk::report(const Viewer& viewer, NewReport report,
                                              const std::string& key) const {
    const auto permit = may(viewer, Permission::report_missing);
    if (!permit.allowed) return base::refused("You cannot report this: " + std::string(permit.sentence) + ".");
    auto& e = report.episode;
    const auto now = office().clock.now();
    e.reported_by = viewer.user_id;
    e.reporting_agency = viewer.agency;
    e.lead_agency = viewer.agency;
    for (const auto& agency : office().scheme.agencies)
        if (agency.type == partnership::AgencyType::police) {
            e.lead_agency = agency.code;  // whoever reports, the police look for them
            break;
        }
    std::vector<people::Match> matches;
    if (report.identity) {
        e.person.clear();
        e.words.child_name = report.identity->display_name();
        const auto area = office().scheme.area_of(base::parse_postcode(report.identity->postcode)).code;
        take_snapshots(e, report.identity->born, area);
        matches = desk_.people().index().matches(*report.identity, "", kLeastWeight, kMostProposals);
    } else {
        const auto known = subject(viewer, e.person);
        if (!known) return base::refused("You can no longer see the person you chose. Search again.");
        e.person = known->root;
        e.words.child_name = known->name;
        take_snapshots(e, known->born, known->area);
    }
    if (!e.risk.empty()) {
        const auto risk = e.risk;
        regrade(e, {now, risk, viewer.name + ", " + viewer.agency_name, "When it was reported"});
    }
    if (const auto problems = problems_of(e, {}); !problems.empty()) return wrong(problems);
    std::vector<std::string> touched;
    std::vector<partnership::AuditEntry> entries;
    auto made = office().database.write([&](Session& s) -> base::Result<std::string> {
        if (const auto before = partnership::done_before(s, key, viewer.user_id)) return *before;
        if (report.identity) {
            const auto stored =
                desk_.people().store_record(s, viewer.agency, *report.identity, "", viewer.user_id);
            e.person = stored.person;
            touched.push_back(stored.record);
            desk_.people().propose_links(s, stored.record, matches, viewer.user_id, viewer.agency, entries);
        } else if (const auto others = store::episodes_of(s, e.person);
                   const auto* other = overlapping(e, others)) {
            return base::invalid(overlap_sentence(*other) + ".");  // reported by two at the same minute
        }
        store::insert_episode(office(), s, e, now, viewer.user_id);
        if (touched.empty()) touched = store::records_to_read_again(s, e.person, {}, e.words.mentions);
        desk_.people().note_change(s, touched);
        if (!entries.empty()) office().audit.append(s, entries);
        record(s, viewer, "report", "missing_episode", e.id, permit.rule, "kind=" + e.kind + " risk=" + e.risk);
        partnership::remember_done(s, key, viewer.user_id, now, e.id);
        return e.id;
    });
    if (made.ok()) desk_.people().refresh(touched);
    return made;
}

std::optional<std::string> MissingDesk::report_again(const Viewer& viewer, const std::string& key) const {
    return office().database.read([&](Session& s) { return partnership::done_before(s, key, viewer.user_id); });
}

std::optional<EpisodeView> MissingDesk::episode(const Viewer& viewer, const std::string& id) const {
    return office().database.read([&](Session& s) -> std::optional<EpisodeView> {
        auto found = store::find_episode(office(), s, id);
        if (!found) return std::nullopt;
        EpisodeView out;
        out.sight = sight_of(viewer, *found);
        if (!out.sight.allowed) return std::nullopt;
        out.interview = state_of(s, *found);
        const auto root = desk_.people().index().root_of(found->person);
        out.repeat = repeat_trigger(store::episodes_of(s, root), found->missing_from, rules());
        if (desk_.people().sight(viewer, found->person).sight == Sight::full) out.person = root;
        out.reported_by = partnership::shown_user(s, found->reported_by).name;
        if (!found->taken_by.empty()) out.taken_by = partnership::shown_user(s, found->taken_by).name;
        const auto agency = [&](const std::string& code) {
            const auto* known = office().scheme.find_agency(code);
            return known ? known->name : code;
        };
        out.reporting_agency = agency(found->reporting_agency);
        out.lead_agency = agency(found->lead_agency);
        out.versions = protect::store::versions_of(s, "missing_episode", id);
        keep_to(viewer, *found, out.sight);
        out.episode = std::move(*found);
        return out;
    });
}

base::Result<> MissingDesk::change(const Viewer& viewer, Episode e, std::string_view act,
                                   const std::string& key) const {
    const auto before = office().database.read([&](Session& s) { return store::find_episode(office(), s, e.id); });
    if (!before || !sight_of(viewer, *before).allowed) return not_there();
    if (!sight_of(viewer, *before).address) {  // what they were not shown stays as it is
        e.words.home_postcode = before->words.home_postcode;
        e.words.placement = before->words.placement;
        e.words.placement_postcode = before->words.placement_postcode;
        e.words.right_postcodes = before->words.right_postcodes;
        e.placement_home = before->placement_home;
    }
    auto unread = before->words.mentions;
    std::erase_if(unread, [&](const Mention& m) { return may_read(viewer, m); });
    e.words.mentions.insert(e.words.mentions.begin(), unread.begin(), unread.end());
    take_snapshots(e, std::nullopt, e.home_area);
    if (const auto problems = problems_of(e, before->words); !problems.empty()) return wrong(problems);
    std::vector<std::string> touched;
    const auto done = office().database.write([&](Session& s) -> base::Result<> {
        if (partnership::done_before(s, key, viewer.user_id)) return base::done();
        const auto stored = store::find_episode(office(), s, e.id);
        const auto sight = stored ? sight_of(viewer, *stored) : EpisodeSight{};
        if (!sight.allowed) return not_there();
        const auto now = office().clock.now();
        if (stored->version != e.version || !store::update_episode(office(), s, e, now, viewer.user_id))
            return changed();
        touched = store::records_to_read_again(s, stored->person, stored->words.mentions, e.words.mentions);
        desk_.people().note_change(s, touched);
        record(s, viewer, act, "missing_episode", e.id, sight.rule);
        partnership::remember_done(s, key, viewer.user_id, now, e.id);
        return base::done();
    });
    if (done.ok()) desk_.people().refresh(touched);
    return done;
}

std::vector<MissingDesk::Spot> MissingDesk::places() const {
    return office().database.read([&](Session& s) {
        std::vector<Spot> out;
        for (const auto& place : office().scheme.places)
            if (const auto at = store::spot_of(s, place.postcode))
                out.push_back({place.code, place.name, at->first, at->second});
        return out;
    });
}

std::map<std::string, std::vector<html::MapCell>> MissingDesk::ground() const {
    return office().database.read([](Session& s) { return store::ground(s); });
}

std::optional<PatternView> MissingDesk::pattern(const Viewer& viewer, const std::string& person) const {
    return office().database.read([&](Session& s) -> std::optional<PatternView> {
        PatternView out;
        const auto root = desk_.people().index().root_of(person);
        for (auto& e : store::whole_episodes_of(office(), s, root)) {
            const auto sight = sight_of(viewer, e);
            if (!sight.allowed) continue;
            out.sight = sight;
            out.child = e.words.child_name;
            keep_to(viewer, e, sight);
            out.episodes.push_back(std::move(e));
        }
        if (out.episodes.empty()) return std::nullopt;
        if (desk_.people().sight(viewer, root).sight == Sight::full) out.person = root;
        out.repeat = repeat_trigger(out.episodes, office().clock.now(), rules());
        for (auto& i : store::interviews_of(office(), s, root)) {
            const bool reads = viewer.at_front_door() || viewer.has(Permission::hold_return_interviews);
            keep_readable(viewer, i.words.mentions);
            if (reads) out.interviews.push_back(std::move(i));
        }
        return out;
    });
}

}  // namespace rowan::protect::missing
