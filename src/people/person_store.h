// The SQL of the person index. Functions run inside the caller's session; none takes a decision.
#pragma once
#include "people/person.h"
#include "people/vault.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace rowan::people::store {

using database::Session;
using partnership::Office;

struct RecordRow {
    AgencyRecord record;
    std::string ref, root;
    bool restricted = false, at_risk = false;
};

// A new person with this one record. Returns the record's id.
AgencyRecord insert_record(const Office&, Session&, const std::string& agency, const Identity&, const std::string& import_id,
                           const std::string& by);
// Replaces what the agency says; keeps the former version in history.
void update_record(const Office&, Session&, AgencyRecord&, const Identity&, const std::string& import_id, const std::string& by);

std::optional<RecordRow> find_record(const Office&, Session&, const std::string& record);
std::optional<std::string> record_by_local_ref(const Office&, Session&, const std::string& agency, const std::string& local_ref);
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
// person is taken away again, what was linked because of them goes along.
void merge(Session&, const std::string& kept, const std::string& absorbed);
// The reverse: `absorbed` becomes a root again with everybody below it.
void unmerge(Session&, const std::string& absorbed);

struct DecisionRow {
    std::string id, record_a, record_b, verdict, decided_by, reason;
    base::Instant at;
    std::optional<std::string> kept, absorbed;
    bool undone = false;
};
void insert_decision(const Office&, Session&, const DecisionRow&, double weight);
std::optional<DecisionRow> find_decision(Session&, const std::string& id);
void mark_undone(Session&, const std::string& id, base::Instant, const std::string& by);
// Decisions in force about any two records of these two people, in either order.
std::vector<DecisionRow> decisions_between(Session&, const std::string& root_a, const std::string& root_b);
// Those that hold this person together, newest first, with their reasons (the others leave `reason` sealed and empty).
std::vector<DecisionRow> links_of(const Office&, Session&, const std::string& root);

void propose(Session&, const std::string& record_a, const std::string& record_b, double weight, base::Instant);
void close_proposal(Session&, const std::string& record_a, const std::string& record_b, base::Instant);
// Open proposals between two people that are now one.
void close_settled_proposals(Session&, const std::string& root, base::Instant);
// Proposals between two people that nobody decided on and that were closed only because the two were one.
void reopen_proposals(Session&, const std::string& root_a, const std::string& root_b);
struct ProposalRow { std::string record_a, record_b; double weight = 0; };
std::optional<ProposalRow> next_proposal(Session&, const std::string& after_a, const std::string& after_b);
int open_proposals(Session&);

}  // namespace rowan::people::store
