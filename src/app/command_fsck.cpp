#include "app/commands.h"
#include "app/options.h"
#include "base/number.h"
#include "formats/json.h"
#include "people/vault.h"
#include "people/person.h"
#include "protect/codec.h"

#include <algorithm>
#include <functional>
#include <iomanip>
#include <iostream>
#include <map>
#include <set>

namespace rowan::app {

namespace {

using database::Row;
using database::Session;
using formats::Json;
using partnership::Office;

constexpr std::size_t kMostProblems = 20;

// One invariant: how many things were looked at, and what is wrong with them. Ids only, never what is sealed.
struct Check {
    std::string name;
    std::int64_t looked_at = 0;
    std::vector<std::string> problems{};
    std::int64_t wrong = 0;
    void complain(std::string sentence) {
        ++wrong;
        if (problems.size() < kMostProblems) problems.push_back(std::move(sentence));
    }
};

Check engine(database::Database& database) {
    Check out{"database engine"};
    out.looked_at = 1;
    for (const auto& problem : database.integrity_problems())
        out.complain("The database is damaged: " + problem + ".");
    return out;
}

Check waiting_looks(partnership::LookFile& file) {
    Check out{"waiting looks", file.waiting()};
    for (const auto& problem : file.database().integrity_problems())
        out.complain("The file of looks that wait for the log is damaged: " + problem + ".");
    if (!file.sound())
        out.complain(std::to_string(file.waiting()) + " looks wait for the log and cannot be brought into it.");
    return out;
}

Check audit_log(const Office& office, Session& s) {
    Check out{"audit log"};
    const auto report = partnership::verify_audit(s, office.keyring, office.audit.log_id());
    out.looked_at = report.entries;
    for (const auto& problem : report.problems) out.complain(problem);
    return out;
}

// Columns of each row: id, owner of the key, sealed bytes, wrapped key.
using Parse = std::function<bool(const std::string& json)>;
Check sealed(const Office& office, Session& s, std::string name, std::string_view table, std::string_view column,
             database::Sql rows, const Parse& parse) {
    Check out{std::move(name)};
    s.stream(rows, [&](const Row& row) {
        ++out.looked_at;
        const auto& id = row.text(0);
        const auto what = std::string(table) + " " + id;
        if (row.null(3)) return out.complain("The key of " + what + " is missing.");
        const auto key = people::unwrap_owner_key(office, row.text(1), row.blob(3));
        if (!key.ok()) return out.complain("The key of " + what + " does not open with this keyring.");
        const auto plain = key->open({table, id, column}, row.blob(2));
        if (!plain.ok())
            return out.complain("What is sealed in " + what + " does not open: it was altered or moved.");
        bool whole = false;
        try {
            whole = parse(*plain);
        } catch (const std::runtime_error&) {
            whole = false;
        }
        if (!whole) out.complain("What is sealed in " + what + " cannot be read.");
    });
    return out;
}

// Why something was done about a person, and what for, sealed under that person's key.
std::vector<Check> reasons_about_people(const Office& office, Session& s) {
    struct Reasons {
        const char *name, *table, *column;
        database::Sql rows;  // as sealed() wants them
    };
    static constexpr Reasons kReasons[] = {
        {"who works with people", "works_with", "purpose",
         "SELECT w.id, w.person, w.purpose, k.wrapped FROM works_with w LEFT JOIN record_key k "
         "ON k.owner = w.person"},
        {"people named on records", "restricted_access", "reason",
         "SELECT a.id, a.person, a.reason, k.wrapped FROM restricted_access a LEFT JOIN record_key k "
         "ON k.owner = a.person"},
        {"people taken off records", "restricted_access", "removal_reason",
         "SELECT a.id, a.person, a.removal_reason, k.wrapped FROM restricted_access a LEFT JOIN record_key k "
         "ON k.owner = a.person WHERE a.removal_reason IS NOT NULL"},
        {"changes of protection", "sensitivity_change", "reason",
         "SELECT c.id, c.person, c.reason, k.wrapped FROM sensitivity_change c LEFT JOIN record_key k "
         "ON k.owner = c.person"},
        {"conflicts lifted", "conflict_lift", "reason",
         "SELECT c.id, c.person, c.reason, k.wrapped FROM conflict_lift c LEFT JOIN record_key k "
         "ON k.owner = c.person"},
        {"emergency looks", "emergency_look", "reason",
         "SELECT e.id, e.person, e.reason, k.wrapped FROM emergency_look e LEFT JOIN record_key k "
         "ON k.owner = e.person"},
        {"reviews of them", "emergency_look", "note",
         "SELECT e.id, e.person, e.note, k.wrapped FROM emergency_look e LEFT JOIN record_key k "
         "ON k.owner = e.person WHERE e.note IS NOT NULL"},
        {"match decisions", "link_decision", "reason",
         "SELECT d.id, r.person, d.reason, k.wrapped FROM link_decision d JOIN agency_record r ON r.id = "
         "d.record_a LEFT JOIN record_key k ON k.owner = r.person"},
        {"match decisions undone", "link_decision", "undone_reason",
         "SELECT d.id, r.person, d.undone_reason, k.wrapped FROM link_decision d JOIN agency_record r ON r.id = "
         "d.record_a LEFT JOIN record_key k ON k.owner = r.person WHERE d.undone_reason IS NOT NULL"},
    };
    std::vector<Check> out;
    for (const auto& each : kReasons)
        out.push_back(sealed(office, s, each.name, each.table, each.column, each.rows,
                             [](const std::string&) { return true; }));
    return out;
}

// Who is allocated works with a child until that is ended; everybody else for a time.
Check times_of_work(Session& s) {
    Check out{"times of work"};
    s.stream("SELECT id, until_at > from_at, ended_at IS NULL OR ended_by IS NOT NULL FROM works_with",
             [&](const Row& row) {
                 ++out.looked_at;
                 if ((!row.null(1) && !row.boolean(1)) || !row.boolean(2))
                     out.complain("What works_with " + row.text(0) + " says about its time cannot be.");
             });
    return out;
}

template <class Words>
bool parses(const std::string& json) {
    Words words;
    protect::codec::read(json, words);
    return true;
}

struct People {
    std::map<std::string, std::string> above, root;  // merged_into, root
};
People load_people(Session& s) {
    People out;
    s.stream("SELECT id, merged_into, root FROM person", [&](const Row& row) {
        if (!row.null(1)) out.above[row.text(0)] = row.text(1);
        out.root[row.text(0)] = row.text(2);
    });
    return out;
}

Check forest(const People& people) {
    Check out{"links between people"};
    for (const auto& [id, root] : people.root) {
        ++out.looked_at;
        auto at = id;
        std::size_t steps = 0;
        for (auto up = people.above.find(at); up != people.above.end() && steps <= people.root.size();
             up = people.above.find(at), ++steps)
            at = up->second;
        if (steps > people.root.size())
            out.complain("The links of person " + id + " run in a circle.");
        else if (at != root)
            out.complain("Person " + id + " is shown under " + root + ", but the links lead to " + at + ".");
    }
    return out;
}

Check keys_of_people(const Office& office, Session& s) {
    Check out{"keys of people"};
    s.stream("SELECT p.id, k.wrapped FROM person p LEFT JOIN record_key k ON k.owner = p.id", [&](const Row& row) {
        ++out.looked_at;
        if (row.null(1))
            out.complain("Person " + row.text(0) + " has no key.");
        else if (!people::unwrap_owner_key(office, row.text(0), row.blob(1)).ok())
            out.complain("The key of person " + row.text(0) + " does not open with this keyring.");
    });
    return out;
}

Check merges(Session& s, const People& people) {
    Check out{"reasons of links"};
    std::set<std::string> reasons;
    s.stream(
        "SELECT absorbed, kept FROM link_decision WHERE verdict = 'same' AND undone_at IS NULL AND absorbed IS "
        "NOT NULL",
        [&](const Row& row) { reasons.insert(row.text(0) + " " + row.text(1)); });
    for (const auto& [id, above] : people.above) {
        ++out.looked_at;
        if (!reasons.contains(id + " " + above))
            out.complain("Person " + id + " is linked to " + above + ", but no decision in force says so.");
    }
    out.looked_at += static_cast<std::int64_t>(reasons.size());
    for (const auto& reason : reasons) {
        const auto id = reason.substr(0, reason.find(' '));
        const auto above = people.above.find(id);
        if (above == people.above.end() || id + " " + above->second != reason)
            out.complain("A decision links person " + id + " to somebody, but they are not linked.");
    }
    return out;
}

Check proposals(Session& s) {
    Check out{"proposed links"};
    s.stream(
        "SELECT l.record_a, l.record_b, pa.root, pb.root FROM link_proposal l JOIN agency_record a ON a.id = "
        "l.record_a JOIN person pa ON pa.id = a.person "
        "JOIN agency_record b ON b.id = l.record_b JOIN person pb ON pb.id = b.person WHERE l.decided_at IS NULL",
        [&](const Row& row) {
            ++out.looked_at;
            if (row.text(2) == row.text(3))
                out.complain("Records " + row.text(0) + " and " + row.text(1) +
                             " are one person already, but still wait to be compared.");
        });
    s.stream(
        "SELECT l.record_a, l.record_b FROM link_proposal l JOIN link_decision d ON d.record_a = l.record_a AND "
        "d.record_b = l.record_b "
        "WHERE l.decided_at IS NULL AND d.verdict = 'different' AND d.undone_at IS NULL",
        [&](const Row& row) {
            out.complain("Records " + row.text(0) + " and " + row.text(1) +
                         " were found to be different people, but still wait to be compared.");
        });
    return out;
}

Check kept_apart(Session& s) {
    Check out{"people kept apart"};
    s.stream(
        "SELECT d.record_a, d.record_b, pa.root, pb.root FROM link_decision d JOIN agency_record a ON a.id = "
        "d.record_a JOIN person pa ON pa.id = a.person "
        "JOIN agency_record b ON b.id = d.record_b JOIN person pb ON pb.id = b.person WHERE d.verdict = "
        "'different' AND d.undone_at IS NULL",
        [&](const Row& row) {
            ++out.looked_at;
            if (row.text(2) == row.text(3))
                out.complain("Records " + row.text(0) + " and " + row.text(1) +
                             " were found to be different people, but are linked as one.");
        });
    return out;
}

Check flags(const Office& office, Session& s) {
    Check out{"flags"};
    s.stream(
        "SELECT f.id, f.flag, f.agency, f.set_on, f.cleared_on, f.root, p.root, r.agency FROM agency_flag f "
        "JOIN agency_record r ON r.id = f.record JOIN person p ON p.id = r.person",
        [&](const Row& row) {
            ++out.looked_at;
            const auto what = "Flag " + row.text(0);
            if (!office.scheme.find_flag(row.text(1)))
                out.complain(what + " has the code \"" + row.text(1) + "\", which the scheme does not have.");
            if (!office.scheme.find_agency(row.text(2)))
                out.complain(what + " is of the agency \"" + row.text(2) + "\", which the scheme does not have.");
            if (row.text(5) != row.text(6) || row.text(2) != row.text(7))
                out.complain(what + " does not fit the record that it belongs to.");
            if (!base::parse_iso_date(row.text(3)) ||
                (!row.null(4) && (!base::parse_iso_date(row.text(4)) || row.text(4) < row.text(3))))
                out.complain(what + " has dates that cannot be.");
        });
    return out;
}

// What the figures read beside a pair is what its interview and its episode say.
Check interviews_of_episodes(Session& s) {
    Check out{"interviews of episodes"};
    s.stream(
        "SELECT l.interview, l.episode, l.missing_from = e.missing_from AND l.response = i.response AND "
        "l.first_offered_at IS NOT DISTINCT FROM i.offered_at AND "
        "l.parent_offered_at IS NOT DISTINCT FROM i.parent_offered_at FROM interview_episode l "
        "JOIN missing_episode e ON e.id = l.episode JOIN return_interview i ON i.id = l.interview",
        [&](const Row& row) {
            ++out.looked_at;
            if (!row.boolean(2))
                out.complain("What is kept about interview " + row.text(0) + " for episode " + row.text(1) +
                             " is not what the two say.");
        });
    return out;
}

// What seals somebody out because of a vehicle is what was mentioned, no more and no less.
Check vehicles_of_people(Session& s) {
    Check out{"vehicles of people"};
    s.stream(
        "SELECT m.source, m.likeness, v.person IS NOT DISTINCT FROM m.person FROM mention m LEFT JOIN "
        "person_vehicle v ON v.source = m.source AND v.likeness = m.likeness WHERE m.kind = 'vehicle'",
        [&](const Row& row) {
            ++out.looked_at;
            if (!row.boolean(2))
                out.complain("A vehicle mentioned in " + row.text(0) +
                             " seals nobody out of the person it is about.");
        });
    s.stream(
        "SELECT v.source FROM person_vehicle v WHERE NOT EXISTS (SELECT 1 FROM mention m WHERE "
        "m.source = v.source AND m.likeness = v.likeness AND m.kind = 'vehicle')",
        [&](const Row& row) {
            out.complain("A vehicle is kept of " + row.text(0) + ", where none was mentioned.");
        });
    return out;
}

Check agencies(const Office& office, Session& s) {
    Check out{"agencies"};
    for (const auto& row : s.query("SELECT code FROM agency")) {
        ++out.looked_at;
        if (!office.scheme.find_agency(row.text(0)))
            out.complain("The agency \"" + row.text(0) + "\" is not in the scheme.");
    }
    for (const auto& agency : office.scheme.agencies)
        if (!s.one("SELECT 1 FROM agency WHERE code = $1", agency.code))
            out.complain("The agency \"" + agency.code + "\" of the scheme is not in the database.");
    return out;
}

// "R-2018-0042" belongs to the series "R-2018"; "P-000123" to "P".
Check counters(Session& s) {
    Check out{"references"};
    std::map<std::string, std::int64_t> last, highest;
    for (const auto& row : s.query("SELECT series, last FROM reference_counter"))
        last[row.text(0)] = row.integer(1);
    s.stream("SELECT ref FROM person UNION ALL SELECT ref FROM referral UNION ALL SELECT ref FROM missing_episode",
             [&](const Row& row) {
                 ++out.looked_at;
                 const auto& ref = row.text(0);
                 const auto dash = ref.rfind('-');
                 const auto number = dash == std::string::npos
                                         ? std::nullopt
                                         : base::whole_number<std::int64_t>(ref.substr(dash + 1));
                 if (!number) return out.complain("The reference \"" + ref + "\" is not well formed.");
                 auto& high = highest[ref.substr(0, dash)];
                 high = std::max(high, *number);
             });
    for (const auto& [series, number] : highest)
        if (last[series] < number)
            out.complain("The counter of references " + series + " stands at " + std::to_string(last[series]) +
                         ", below " + std::to_string(number) + ": a reference would be given twice.");
    return out;
}

std::vector<Check> all_checks(const Office& office) {
    std::vector<Check> out{engine(office.database)};
    if (office.look_file) out.push_back(waiting_looks(*office.look_file));
    office.database.read([&](Session& s) {
        out.push_back(audit_log(office, s));
        out.push_back(sealed(office, s, "agency records", "agency_record", "identity",
                             "SELECT r.id, r.person, r.identity, k.wrapped FROM agency_record r LEFT JOIN "
                             "record_key k ON k.owner = r.person",
                             [](const std::string& json) { return people::identity_from_json(json).ok(); }));
        for (auto& check : reasons_about_people(office, s)) out.push_back(std::move(check));
        out.push_back(times_of_work(s));
        out.push_back(sealed(
            office, s, "referrals", "referral", "content",
            "SELECT r.id, r.id, r.content, k.wrapped FROM referral r LEFT JOIN record_key k ON k.owner = r.id",
            parses<protect::ReferralWords>));
        out.push_back(sealed(office, s, "decisions", "front_door_decision", "content",
                             "SELECT d.id, d.referral, d.content, k.wrapped FROM front_door_decision d LEFT JOIN "
                             "record_key k ON k.owner = d.referral",
                             parses<protect::DecisionWords>));
        out.push_back(sealed(
            office, s, "screenings", "screening", "content",
            "SELECT c.id, c.id, c.content, k.wrapped FROM screening c LEFT JOIN record_key k ON k.owner = c.id",
            parses<protect::ScreeningWords>));
        out.push_back(sealed(office, s, "missing episodes", "missing_episode", "content",
                             "SELECT e.id, e.id, e.content, k.wrapped FROM missing_episode e LEFT JOIN record_key "
                             "k ON k.owner = e.id",
                             parses<protect::missing::EpisodeWords>));
        out.push_back(sealed(office, s, "return interviews", "return_interview", "content",
                             "SELECT i.id, i.id, i.content, k.wrapped FROM return_interview i LEFT JOIN "
                             "record_key k ON k.owner = i.id",
                             parses<protect::missing::InterviewWords>));
        out.push_back(sealed(office, s, "held mentions", "mention", "content",
                             "SELECT m.id, m.source, m.content, k.wrapped FROM mention m LEFT JOIN record_key k "
                             "ON k.owner = m.source",
                             parses<protect::missing::Mention>));
        out.push_back(sealed(office, s, "strategy decisions", "strategy_decision", "content",
                             "SELECT d.id, d.id, d.content, k.wrapped FROM strategy_decision d LEFT JOIN "
                             "record_key k ON k.owner = d.id",
                             parses<protect::missing::Mention>));
        out.push_back(
            sealed(office, s, "drafts", "draft", "content",
                   "SELECT d.id, d.id, d.content, k.wrapped FROM draft d LEFT JOIN record_key k ON k.owner = d.id",
                   parses<protect::DraftContent>));
        out.push_back(sealed(office, s, "waiting extracts", "import_batch", "content",
                             "SELECT b.id, b.id, b.content, k.wrapped FROM import_batch b LEFT JOIN record_key k "
                             "ON k.owner = b.id WHERE b.state = 'preview'",
                             [](const std::string&) { return true; }));
        const auto people = load_people(s);
        out.push_back(forest(people));
        out.push_back(keys_of_people(office, s));
        out.push_back(merges(s, people));
        out.push_back(proposals(s));
        out.push_back(kept_apart(s));
        out.push_back(agencies(office, s));
        out.push_back(flags(office, s));
        out.push_back(interviews_of_episodes(s));
        out.push_back(vehicles_of_people(s));
        out.push_back(counters(s));
    });
    return out;
}

}  // namespace

int fsck_command(const Arguments& arguments) {
    Options options("fsck", "Checks every invariant of the stored data; mends nothing.");
    HouseOptions house;
    std::string format = "text";
    options.house(house);
    options.one_of("--format", format, {"text", "json"}, "How to print");
    if (const auto code = options.parse(arguments)) return *code;
    house.lock = false;
    auto opened = House::open(house);
    if (!opened.ok()) return fail(opened.error());
    const auto checks = all_checks((*opened)->office());
    const bool sound = std::all_of(checks.begin(), checks.end(), [](const Check& c) { return c.wrong == 0; });
    if (format == "json") {
        Json list = Json::Array{};
        for (const auto& check : checks)
            list.push(Json::object({{"check", check.name},
                                    {"looked_at", check.looked_at},
                                    {"wrong", check.wrong},
                                    {"problems", Json::strings(check.problems)}}));
        std::cout << Json::object({{"sound", sound}, {"checks", list}}).write() << "\n";
    } else {
        for (const auto& check : checks)
            std::cout << std::left << std::setw(24) << check.name << check.looked_at
                      << (check.wrong ? ", " + std::to_string(check.wrong) + " wrong" : "") << "\n";
        if (sound) std::cout << "The data is sound.\n";
    }
    for (const auto& check : checks) {
        for (const auto& problem : check.problems) std::cerr << "rowan: " << problem << "\n";
        if (check.wrong > static_cast<std::int64_t>(check.problems.size()))
            std::cerr << "rowan: and " << check.wrong - static_cast<std::int64_t>(check.problems.size())
                      << " more of " << check.name << ".\n";
    }
    return sound ? 0 : 1;
}

}  // namespace rowan::app
