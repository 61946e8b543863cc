// The SQL of the person index. Functions run inside the caller's session; none takes a decision.
#pragma once
#include "partnership/access.h"
#include "people/person.h"
#include "people/vault.h"

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace rowan::people::store {

using database::Session;
using partnership::Office;

struct RecordRow {
    AgencyRecord record;
    std::string ref, root;
    partnership::Sensitivity sensitivity = partnership::Sensitivity::ordinary;
};

// A new person with this one record. Returns the record's id.
AgencyRecord insert_record(const Office&, Session&, const std::string& agency, const Identity&,
                           const std::string& import_id, const std::string& by);
// Replaces what the agency says; keeps the former version in history.
void update_record(const Office&, Session&, AgencyRecord&, const Identity&, const std::string& import_id,
                   const std::string& by);

std::optional<RecordRow> find_record(const Office&, Session&, const std::string& record);
std::optional<std::string> record_by_local_ref(const Office&, Session&, const std::string& agency,
                                               const std::string& local_ref);
void each_record(const Office&, Session&, const std::function<void(RecordRow&&)>&);
std::vector<RecordRow> records_of(const Office&, Session&, const std::string& root);

void insert_flag(Session&, const Flag&);
std::vector<Flag> flags_of(Session&, const std::string& root);
bool at_risk(const Office&, Session&, const std::string& record);

struct PersonRow {
    std::string id, ref, root;
    std::optional<std::string> merged_into;
    std::string sensitivity;
    std::int64_t version = 0;
};
std::optional<PersonRow> find_person(Session&, const std::string& id);
// Puts root `absorbed`, and everybody below it, under the person whose record is the evidence; so that when that
// person is taken away again, what was linked because of them goes along. The one person bears the stricter
// protection.
void merge(const Office&, Session&, const std::string& kept, const std::string& absorbed, const std::string& by);
// The reverse: `absorbed` becomes a root again with everybody below it; both keep the protection.
void unmerge(const Office&, Session&, const std::string& absorbed, const std::string& by);

struct DecisionRow {
    std::string id, record_a, record_b, verdict, decided_by, reason;
    base::Instant at;
    std::optional<std::string> kept, absorbed;
    bool undone = false;
};
void insert_decision(const Office&, Session&, const DecisionRow&, double weight);
std::optional<DecisionRow> find_decision(Session&, const std::string& id);
// The reason is sealed under the key that the decision's own is sealed under.
void mark_undone(const Office&, Session&, const DecisionRow&, base::Instant, const std::string& by,
                 const std::string& reason);
std::string reason_of(const Office&, Session&, const DecisionRow&);
// "Different" in force between this person and others, newest first.
std::vector<DecisionRow> kept_apart(Session&, const std::string& root);
// The roots of those who were found to be different people from this one.
std::set<std::string> roots_apart(Session&, const std::string& root);
// Decisions in force about any two records of these two people, in either order.
std::vector<DecisionRow> decisions_between(Session&, const std::string& root_a, const std::string& root_b);
// Those that hold this person together, newest first, with their reasons (the others leave `reason` sealed and
// empty).
std::vector<DecisionRow> links_of(const Office&, Session&, const std::string& root);

// A pair that was put aside because it was decided comes back when that decision is undone.
void propose(Session&, const std::string& record_a, const std::string& record_b, double weight, base::Instant);
void close_proposal(Session&, const std::string& record_a, const std::string& record_b, base::Instant);
// Open proposals between two people that are now one.
void close_settled_proposals(Session&, const std::string& root, base::Instant);
// Proposals between two people that nobody decided on and that were closed only because the two were one.
void reopen_proposals(Session&, const std::string& root_a, const std::string& root_b);
struct ProposalRow {
    std::string record_a, record_b;
    double weight = 0;
};
std::optional<ProposalRow> next_proposal(Session&, const std::string& after_a, const std::string& after_b);
// `without`: those about anybody under these roots are not counted.
int open_proposals(Session&, const std::set<std::string>& without = {});

// Tells every other process to read these records again. Call it before the audit entry is appended, so that all
// writers take the two locks in one order. `origin`: this process, which knows already.
void note_change(const Office&, Session&, const std::string& origin, const std::vector<std::string>& records);
std::int64_t last_change(Session&);
struct Changes {
    bool complete = true;  // false: rows in between are gone, read everything
    std::int64_t last = 0;
    std::vector<std::string> records;  // changed by others than `origin`
};
Changes changes_since(Session&, std::int64_t seen, const std::string& origin);

}  // namespace rowan::people::store
