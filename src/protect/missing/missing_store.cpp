#include "protect/missing/missing_store.h"

#include "base/id.h"
#include "base/text.h"
#include "partnership/accounts.h"
#include "people/person_store.h"
#include "protect/missing/mention_store.h"
#include "protect/sealed.h"

#include <algorithm>

namespace rowan::protect::missing::store {

namespace {

using database::Row;
using database::Statement;
using protect::store::key_of;
using protect::store::open_words;
using protect::store::sealed;
using protect::store::write_history;

constexpr int kReferenceDigits = 4;
constexpr int kContent = 27;

constexpr database::Sql kEpisodes =
    "SELECT e.id, e.ref, e.person, e.context, e.kind, e.risk, e.missing_from, e.reported_at, e.found_at, "
    "e.returned_at, e.confirmed_at, e.safe_and_well_at, e.withdrawn_at, e.reported_by, e.reporting_agency, "
    "e.lead_agency, e.harm, e.looked_after, e.responsible_la, e.home_area, e.placement_area, e.age_at, e.version, "
    "e.taken_at, e.taken_by, e.placement_home, e.found_place, e.content FROM missing_episode e";

Episode episode_from(const Row& row) {
    Episode e;
    e.id = row.text(0);
    e.ref = row.text(1);
    e.person = row.text(2);
    e.context = row.text(3);
    e.kind = row.text(4);
    e.risk = row.text(5);
    e.missing_from = row.instant(6);
    e.reported_at = row.instant(7);
    e.found_at = row.maybe_instant(8);
    e.returned_at = row.maybe_instant(9);
    e.confirmed_at = row.maybe_instant(10);
    e.safe_and_well_at = row.maybe_instant(11);
    e.withdrawn_at = row.maybe_instant(12);
    e.reported_by = row.text(13);
    e.reporting_agency = row.text(14);
    e.lead_agency = row.text(15);
    e.harm = row.text(16);
    e.looked_after = row.boolean(17);
    e.responsible_la = row.text(18);
    e.home_area = row.text(19);
    e.placement_area = row.text(20);
    if (const auto age = row.maybe_integer(21)) e.age_at = static_cast<int>(*age);
    e.version = row.integer(22);
    e.taken_at = row.maybe_instant(23);
    e.taken_by = row.text(24);
    e.placement_home = row.text(25);
    e.found_place = row.text(26);
    return e;
}

std::vector<Episode> episodes(Session& s, const Statement& statement, const Office* with_words) {
    std::vector<Episode> out;
    for (const auto& row : s.query(statement)) {
        auto e = episode_from(row);
        if (with_words)
            open_words(key_of(*with_words, s, e.id), "missing_episode", e.id, row.blob(kContent), e.words);
        out.push_back(std::move(e));
    }
    return out;
}

constexpr database::Sql kInterviews =
    "SELECT i.id, i.person, i.response, i.offered_at, i.parent_offered_at, i.scheduled_at, i.completed_at, "
    "i.interviewer, i.agency, i.independent, i.seen_alone, i.themes, i.version, i.content FROM return_interview i";

ReturnInterview interview_from(const Office& office, Session& s, const Row& row) {
    ReturnInterview i;
    i.id = row.text(0);
    i.person = row.text(1);
    i.response = row.text(2);
    i.offered_at = row.maybe_instant(3);
    i.parent_offered_at = row.maybe_instant(4);
    i.scheduled_at = row.maybe_instant(5);
    i.completed_at = row.maybe_instant(6);
    i.interviewer = row.text(7);
    i.agency = row.text(8);
    i.independent = row.boolean(9);
    i.seen_alone = row.boolean(10);
    for (auto& theme : base::split(row.text(11), ','))
        if (!theme.empty()) i.themes.push_back(std::move(theme));
    i.version = row.integer(12);
    open_words(key_of(office, s, i.id), "return_interview", i.id, row.blob(13), i.words);
    for (const auto& link : s.query("SELECT l.episode FROM interview_episode l JOIN missing_episode e ON e.id = "
                                    "l.episode WHERE l.interview = $1 ORDER BY e.missing_from, e.id",
                                    i.id))
        i.episodes.push_back(link.text(0));
    return i;
}

// What is true of this interview about this episode: its times for the episode, and copies for the figures.
void write_link(Session& s, const ReturnInterview& i, const Episode& e) {
    s.execute(
        "INSERT INTO interview_episode (interview, episode, offered_at, completed_at, missing_from, response, "
        "first_offered_at, parent_offered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
        "ON CONFLICT (interview, episode) DO UPDATE SET offered_at = excluded.offered_at, "
        "completed_at = excluded.completed_at, missing_from = excluded.missing_from, response = "
        "excluded.response, "
        "first_offered_at = excluded.first_offered_at, parent_offered_at = excluded.parent_offered_at",
        i.id, e.id, offered_for(i, e), completed_for(i, e), e.missing_from, i.response, i.offered_at,
        i.parent_offered_at);
}

void link_episodes(Session& s, ReturnInterview& i, const std::vector<Episode>& covered) {
    i.episodes.clear();
    for (const auto& e : covered) {
        i.episodes.push_back(e.id);
        write_link(s, i, e);
    }
}

void count_change(Session& s) {
    s.execute(
        "INSERT INTO reference_counter (series, last) VALUES ('missing-changes', 1) "
        "ON CONFLICT (series) DO UPDATE SET last = reference_counter.last + 1");
}

}  // namespace

void insert_episode(const Office& office, Session& s, Episode& e, Instant at, const std::string& by) {
    if (e.id.empty()) e.id = base::new_id();
    if (e.ref.empty())
        e.ref = partnership::next_reference(s, "M", base::london_date(e.missing_from), kReferenceDigits);
    e.version = 1;
    const auto key = people::new_owner_key(office, s, e.id);
    s.execute(
        "INSERT INTO missing_episode (id, ref, person, context, kind, risk, missing_from, reported_at, found_at, "
        "returned_at, confirmed_at, safe_and_well_at, withdrawn_at, reported_by, reporting_agency, lead_agency, "
        "harm, looked_after, responsible_la, home_area, placement_area, age_at, content, version, taken_at, "
        "taken_by, "
        "placement_home, found_place) VALUES ($1, $2, "
        "$3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, "
        "$25, $26, $27, $28)",
        e.id, e.ref, e.person, e.context, e.kind, e.risk, e.missing_from, e.reported_at, e.found_at, e.returned_at,
        e.confirmed_at, e.safe_and_well_at, e.withdrawn_at, e.reported_by, e.reporting_agency, e.lead_agency,
        e.harm, e.looked_after, e.responsible_la, e.home_area, e.placement_area, e.age_at,
        sealed(key, "missing_episode", e.id, e.words), e.version, e.taken_at, e.taken_by, e.placement_home,
        e.found_place);
    write_history(s, key, "missing_episode", e, at, by);
    hold_mentions(office, s, e.id, e.id, e.person, e.words.mentions);
    count_change(s);
}

bool update_episode(const Office& office, Session& s, Episode& e, Instant at, const std::string& by) {
    const auto key = key_of(office, s, e.id);
    const auto changed = s.execute(
        "UPDATE missing_episode SET context = $1, kind = $2, risk = $3, missing_from = $4, reported_at = $5, "
        "found_at = $6, returned_at = $7, confirmed_at = $8, safe_and_well_at = $9, withdrawn_at = $10, "
        "lead_agency = $11, harm = $12, looked_after = $13, responsible_la = $14, home_area = $15, "
        "placement_area = $16, age_at = $17, content = $18, taken_at = $19, taken_by = $20, "
        "placement_home = $21, found_place = $22, version = version + 1 WHERE id = $23 AND version = $24",
        e.context, e.kind, e.risk, e.missing_from, e.reported_at, e.found_at, e.returned_at, e.confirmed_at,
        e.safe_and_well_at, e.withdrawn_at, e.lead_agency, e.harm, e.looked_after, e.responsible_la, e.home_area,
        e.placement_area, e.age_at, sealed(key, "missing_episode", e.id, e.words), e.taken_at, e.taken_by,
        e.placement_home, e.found_place, e.id, e.version);
    if (changed == 0) return false;
    ++e.version;
    write_history(s, key, "missing_episode", e, at, by);
    hold_mentions(office, s, e.id, e.id, e.person, e.words.mentions);
    settle_links(office, s, e);
    count_change(s);
    return true;
}

std::optional<Episode> find_episode(const Office& office, Session& s, const std::string& id) {
    Statement statement(kEpisodes);
    statement.add(" WHERE e.id = ?", id);
    auto found = episodes(s, statement, &office);
    return found.empty() ? std::nullopt : std::optional{std::move(found.front())};
}

namespace {

Statement about(const std::string& root) {
    Statement statement(kEpisodes);
    statement.add(" JOIN person p ON p.id = e.person WHERE p.root = ? ORDER BY e.missing_from, e.id", root);
    return statement;
}

}  // namespace

std::vector<Episode> episodes_of(Session& s, const std::string& root) { return episodes(s, about(root), nullptr); }

std::vector<Episode> whole_episodes_of(const Office& office, Session& s, const std::string& root) {
    return episodes(s, about(root), &office);
}

std::vector<Episode> not_yet_safe(const Office& office, Session& s) {
    Statement statement(kEpisodes);
    statement.add(" WHERE e.confirmed_at IS NULL AND e.withdrawn_at IS NULL ORDER BY e.missing_from, e.id");
    return episodes(s, statement, &office);
}

std::set<std::string> missing_now(Session& s) {
    std::set<std::string> out;
    for (const auto& row : s.query(
             "SELECT DISTINCT p.root FROM missing_episode e JOIN person p ON "
             "p.id = e.person WHERE e.confirmed_at IS NULL AND e.withdrawn_at IS NULL AND e.returned_at IS NULL"))
        out.insert(row.text(0));
    return out;
}

void insert_interview(const Office& office, Session& s, ReturnInterview& i, const std::vector<Episode>& covered,
                      Instant at, const std::string& by) {
    if (i.id.empty()) i.id = base::new_id();
    i.version = 1;
    settle(i);
    const auto key = people::new_owner_key(office, s, i.id);
    s.execute(
        "INSERT INTO return_interview (id, person, response, offered_at, parent_offered_at, scheduled_at, "
        "completed_at, interviewer, agency, independent, seen_alone, themes, content, version) VALUES ($1, $2, "
        "$3, "
        "$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        i.id, i.person, i.response, i.offered_at, i.parent_offered_at, i.scheduled_at, i.completed_at,
        i.interviewer, i.agency, i.independent, i.seen_alone, base::join(i.themes, ","),
        sealed(key, "return_interview", i.id, i.words), i.version);
    link_episodes(s, i, covered);
    write_history(s, key, "return_interview", i, at, by);
    if (!covered.empty()) hold_mentions(office, s, i.id, covered.front().id, i.person, i.words.mentions);
    count_change(s);
}

bool update_interview(const Office& office, Session& s, ReturnInterview& i, const std::vector<Episode>& covered,
                      Instant at, const std::string& by) {
    settle(i);
    const auto key = key_of(office, s, i.id);
    const auto changed = s.execute(
        "UPDATE return_interview SET response = $1, offered_at = $2, parent_offered_at = $3, scheduled_at = $4, "
        "completed_at = $5, interviewer = $6, agency = $7, independent = $8, seen_alone = $9, themes = $10, "
        "content = $11, version = version + 1 WHERE id = $12 AND version = $13",
        i.response, i.offered_at, i.parent_offered_at, i.scheduled_at, i.completed_at, i.interviewer, i.agency,
        i.independent, i.seen_alone, base::join(i.themes, ","), sealed(key, "return_interview", i.id, i.words),
        i.id, i.version);
    if (changed == 0) return false;
    ++i.version;
    link_episodes(s, i, covered);
    write_history(s, key, "return_interview", i, at, by);
    if (!covered.empty()) hold_mentions(office, s, i.id, covered.front().id, i.person, i.words.mentions);
    count_change(s);
    return true;
}

std::optional<ReturnInterview> find_interview(const Office& office, Session& s, const std::string& id) {
    Statement statement(kInterviews);
    statement.add(" WHERE i.id = ?", id);
    const auto row = s.one(statement);
    return row ? std::optional{interview_from(office, s, *row)} : std::nullopt;
}

std::vector<ReturnInterview> interviews_of(const Office& office, Session& s, const std::string& root) {
    Statement statement(kInterviews);
    statement.add(
        " JOIN person p ON p.id = i.person WHERE p.root = ? ORDER BY COALESCE(i.offered_at, 0) DESC, i.id", root);
    std::vector<ReturnInterview> out;
    for (const auto& row : s.query(statement)) out.push_back(interview_from(office, s, row));
    return out;
}

void settle_links(const Office& office, Session& s, const Episode& e) {
    for (const auto& link : s.query("SELECT interview FROM interview_episode WHERE episode = $1", e.id))
        if (const auto i = find_interview(office, s, link.text(0))) write_link(s, *i, e);
}

std::vector<Episode> waiting_for_interview(Session& s, std::size_t limit) {
    Statement statement(kEpisodes);
    statement.add(
        " WHERE e.withdrawn_at IS NULL AND (e.returned_at IS NOT NULL OR e.confirmed_at IS NOT NULL) AND NOT "
        "EXISTS "
        "(SELECT 1 FROM interview_episode l JOIN return_interview i ON i.id = l.interview WHERE l.episode = e.id "
        "AND "
        "(l.completed_at IS NOT NULL OR i.response = 'not_offered' OR (i.response IN ('declined', 'no_response') "
        "AND i.parent_offered_at IS NOT NULL))) ORDER BY COALESCE(e.returned_at, e.confirmed_at) DESC, e.id LIMIT "
        "?",
        limit);
    return episodes(s, statement, nullptr);
}

std::optional<std::pair<int, int>> spot_of(Session& s, const std::string& postcode) {
    const auto row = s.one("SELECT easting, northing FROM postcode_place WHERE postcode = $1",
                           base::parse_postcode(postcode).text);
    if (!row) return std::nullopt;
    return std::pair{static_cast<int>(row->integer(0)), static_cast<int>(row->integer(1))};
}

bool missing_from_file(Session& s, const base::Postcode& postcode) {
    if (postcode.status != base::PostcodeStatus::valid) return false;
    const auto district = postcode.outward();
    return s
        .one(
            "SELECT EXISTS (SELECT 1 FROM postcode_place WHERE postcode > $1 AND postcode < $2) AND NOT EXISTS "
            "(SELECT 1 FROM postcode_place WHERE postcode = $3)",
            district + " ", district + "!", postcode.text)
        ->boolean(0);
}

std::map<std::string, std::vector<html::MapCell>> ground(Session& s) {
    std::map<std::pair<int, int>, std::string> squares;
    for (const auto& row : s.query("SELECT area, easting / 1000, northing / 1000, COUNT(*) FROM postcode_place "
                                   "GROUP BY 1, 2, 3 ORDER BY 4, 1"))
        squares[{static_cast<int>(row.integer(1)) * 1000, static_cast<int>(row.integer(2)) * 1000}] = row.text(0);
    std::map<std::string, std::vector<html::MapCell>> out;
    for (const auto& [square, area] : squares) out[area].push_back({square.first, square.second});
    return out;
}

std::int64_t changes(Session& s) {
    const auto row = s.one("SELECT last FROM reference_counter WHERE series = 'missing-changes'");
    return (row ? row->integer(0) : 0) + people::store::last_change(s);
}

}  // namespace rowan::protect::missing::store
