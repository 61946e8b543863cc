// What a person can do with the index: find, look, link, keep apart, undo. One function an action: access
// decision, one transaction, audit entry. Thread-safety: any thread.
#pragma once
#include "linkage/score.h"
#include "partnership/routes.h"
#include "people/people_index.h"
#include "people/person.h"
#include "people/vault.h"

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace rowan::people {

namespace store {
struct DecisionRow;
}

using partnership::Office;
using partnership::Purpose;
using partnership::Sight;
using partnership::Viewer;

// A line in a list of people, already cut down to what the viewer may see.
struct PersonLine {
    std::string person;   // root id, empty for a signpost
    std::string subject;  // root id, for the audit entry only
    partnership::PersonSight sight;
    std::string ref, name, sex, area;
    std::optional<base::Date> born;
    std::vector<std::string> agencies;  // names of the agencies that hold a record
    bool at_risk = false;
    std::string why_found;
};

// A signpost: "known to another agency: contact …", and nothing else (S-053).
struct Signpost {
    std::string agency, agency_name;
    partnership::Contact contact;
};

// "Different people", as it stands between this person and another whom the viewer may see too.
struct Apart {
    std::string decision;
    AgencyRecord a, b;
    std::string ref_a, ref_b, person_a, person_b;  // persons: roots
    std::string decided_by, reason;
    base::Instant at;
};

struct PersonView {
    std::string id, ref;
    partnership::PersonSight sight;
    // What the record is read for: of a meeting or a disclosure what whoever gave it wrote, with its id; otherwise
    // the purpose that the protocol gives to the viewer's type of agency. Empty in an emergency.
    std::string purpose, work;
    partnership::Sensitivity sensitivity = partnership::Sensitivity::ordinary;
    Identity identity;                  // the fullest of the cluster, own agency's first
    std::vector<AgencyRecord> records;  // full only for records the viewer may read; others have no identity
    std::vector<Flag> flags;            // flags the protocol shares with the viewer's agency
    std::vector<std::string> agencies;
    std::vector<Signpost> contacts;
    struct Link {
        std::string decision, record_a, record_b, by, reason;
        base::Instant at;
    };
    std::vector<Link> links;   // links in force, for undoing
    std::vector<Apart> apart;  // decided to be somebody else; only for who reviews matches
    std::int64_t version = 0;
};

struct Pair {  // two records put before a person
    AgencyRecord a, b;
    linkage::Waterfall waterfall;
    int waiting = 0;  // how many pairs wait, this one included
};

// A pair this likely is worth a person's time: 2^-2, one in five. And no more than this many for one record.
inline constexpr double kLeastWeight = -2;
inline constexpr std::size_t kMostProposals = 5;

enum class Verdict { same, different, unsure };

class PeopleDesk {
public:
    PeopleDesk(const Office&, PeopleIndex&);

    // Reads every record into the index. Returns how many.
    base::Result<std::size_t> open_index() const;

    // --- for pages and other desks -----------------------------------------------------------------------------
    std::vector<PersonLine> find(const Viewer&, std::string_view words, std::size_t limit) const;
    std::vector<PersonLine> lines(const Viewer&, const std::vector<std::string>& people,
                                  Purpose = Purpose::work) const;
    std::optional<PersonView> view(const Viewer&, const std::string& person) const;
    // What the viewer may see of a person, without opening the vault.
    partnership::PersonSight sight(const Viewer&, const std::string& person, Purpose = Purpose::work) const;
    // Roots of those from whom this viewer is sealed out: lists and counts leave them out, as if they were not
    // there.
    std::set<std::string> sealed_out(const Viewer&) const;
    // What protects the person.
    partnership::Sensitivity sensitivity(const std::string& person) const;
    // Whether another process has changed something since the last time. Cheap; asked for every request.
    bool behind(database::Session&) const;
    // Reads what they have changed. Not within a session.
    void follow() const;
    // Whom to ring about a person: the other agencies that are worried; first the viewer's own, where only those
    // of it who work with the person see them.
    std::vector<Signpost> signposts(const Viewer&, const std::string& person,
                                    const partnership::PersonSight&) const;

    // --- inside another desk's transaction
    // -----------------------------------------------------------------------
    bool knows(database::Session&, const std::string& agency, const std::string& local_ref) const;
    // A person that an agency (or a referrer's agency) tells of for the first time, or tells of again when the
    // agency's own reference is known. The index learns of it only when `applied` is called after the commit.
    struct Stored {
        std::string record, person;
        bool created = false;
    };
    Stored store_record(database::Session&, const std::string& agency, const Identity&,
                        const std::string& import_id, const std::string& by) const;
    void store_flag(database::Session&, const Stored&, const std::string& agency, const Identity&,
                    const std::string& area, const std::string& flag, base::Date set_on,
                    std::optional<base::Date> cleared_on) const;
    // Proposes, or by the scheme's rule makes, links for a new record. `matches` from the index. Each link that is
    // made adds its entry to `entries`, which the caller appends to the log in the same transaction.
    struct Proposed {
        int proposals = 0, links = 0;
    };
    Proposed propose_links(database::Session&, const std::string& record, const std::vector<Match>&,
                           const std::string& by, const std::string& agency,
                           std::vector<partnership::AuditEntry>& entries) const;
    // Tells other processes which records to read again; before the audit entry.
    void note_change(database::Session&, const std::vector<std::string>& records) const;
    // After the commit: brings the index in step with what the transaction stored.
    void refresh(const std::vector<std::string>& records) const;

    // --- same person? -------------------------------------------------------------------------------------------
    std::optional<Pair> next_pair(const Viewer&, const std::string& after_a, const std::string& after_b) const;
    std::optional<Pair> pair(const Viewer&, const std::string& record_a, const std::string& record_b) const;
    base::Result<> decide_pair(const Viewer&, const std::string& record_a, const std::string& record_b, Verdict,
                               const std::string& reason) const;
    // Undoes one "same": both people are as they were, and the pair counts as decided different if `apart`.
    base::Result<> undo_link(const Viewer&, const std::string& decision, bool apart,
                             const std::string& reason) const;
    // `without`: roots whose pairs are not counted (sealed_out).
    int pairs_waiting(const std::set<std::string>& without = {}) const;
    // One "different" in force, and its undoing: the pair is put before a person again when the evidence says so.
    std::optional<Apart> apart(const Viewer&, const std::string& decision) const;
    // The newest "different" in force that stands between the two people of these records.
    std::optional<std::string> apart_between(const Viewer&, const std::string& record_a,
                                             const std::string& record_b) const;
    base::Result<> undo_apart(const Viewer&, const std::string& decision, const std::string& reason) const;

    const Office& office() const { return office_; }
    PeopleIndex& index() const { return index_; }

    // Other rooms tell the desk what else makes somebody "at risk" or related to a viewer (referrals).
    struct Section {
        std::string heading;
        html::Html body;
    };
    struct Hooks {
        std::function<bool(database::Session&, const std::string& root, const std::string& user)> referred_by;
        // What a room above shows on a young person's page, and the one thing to do next.
        std::vector<std::function<std::optional<Section>(partnership::Visit&, const PersonView&)>> sections;
        std::function<std::vector<html::Html>(partnership::Visit&, const PersonView&)> actions;
    };
    Hooks hooks;

private:
    std::optional<Apart> apart(const Viewer&, database::Session&, const store::DecisionRow&) const;

    // What the viewer would be recognised by, worked out once for as long as it stays the same.
    struct Recognised {
        partnership::Interests interests;
        std::vector<std::uint64_t> keys;
    };
    std::shared_ptr<const Recognised> recognised(const Viewer&) const;

    const Office& office_;
    PeopleIndex& index_;
    const std::string origin_;  // this process, among those that change the same people
    mutable std::mutex refreshing_, following_;
    mutable std::atomic<std::int64_t> seen_ = 0;
    mutable std::mutex recognising_;
    mutable std::map<std::string, std::shared_ptr<const Recognised>> recognised_;  // by user id
};

// Search, a person's page, who has looked, same person?
void add_people_routes(partnership::Routes&, const PeopleDesk&);
// Search and a person at a glance for programs (docs/formats/people-json.md).
void add_people_api(partnership::Routes&, const PeopleDesk&);
// A list of people as a table, each line as far as the viewer may see it.
html::Html people_table(const partnership::Visit&, const std::vector<PersonLine>&, const std::string& caption);

}  // namespace rowan::people
