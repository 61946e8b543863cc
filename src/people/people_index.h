// The index in memory: who is there, who matches whom, and which records are one person.
//
// Built from the vault when the server starts (it is never written to disk), kept in step after each commit.
// Search finds names in any order and spelling, nicknames, dates of birth, NHS numbers, UPNs, phones and
// postcodes. Thread-safety: any thread; readers share, an update excludes.
#pragma once
#include "linkage/index.h"
#include "partnership/access.h"
#include "people/conflict.h"
#include "people/person.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace rowan::people {

// What the index knows of one record without opening the vault.
struct IndexedRecord {
    std::string id, person, agency, ref;
    Identity identity;
    std::string area;
    bool at_risk = false;  // holds an exploitation flag or an open referral
    partnership::Sensitivity sensitivity = partnership::Sensitivity::ordinary;
    std::vector<std::string> vehicles = {};  // mentioned about the person: keyed digests (vehicle_store.h)
};

// Who holds a record of somebody: all that an access decision asks for.
struct Holder {
    std::string agency;
    bool at_risk = false;
    partnership::Sensitivity sensitivity = partnership::Sensitivity::ordinary;
};

struct Match {
    std::string record;
    double weight = 0;  // log2 of the odds
    double probability = 0;
    bool certain = false;  // same valid NHS number or UPN and no contradiction
};

struct Found {
    std::string person;  // root of the cluster
    double score = 0;    // higher is better; only comparable within one answer
    std::string why;     // "name", "date of birth", "NHS number", "UPN", "phone", "postcode"
    // The words named one person and nobody else could have meant it by chance: an NHS number or UPN, or a date of
    // birth together with a name. Only such a search may end in a signpost, or it would be a way to fish (A21).
    bool specific = false;
};

// This step of a comparison says something of where a person lives or can be rung.
bool tells_address(const linkage::Step&);

class PeopleIndex {
public:
    PeopleIndex();
    ~PeopleIndex();

    void put(const IndexedRecord&);  // insert or replace by record id
    void set_root(const std::string& person, const std::string& root);
    void set_at_risk(const std::string& record, bool);
    void set_sensitivity(const std::string& person, partnership::Sensitivity);  // all records of the one person

    std::string root_of(const std::string& person) const;  // itself when unknown
    std::vector<IndexedRecord> records_of(const std::string& root) const;
    std::vector<Holder> holders_of(const std::string& root) const;  // one a record, without who it is about
    std::optional<IndexedRecord> record(const std::string& id) const;

    // At most `limit` people for what was typed, best first. Nobody is found by a postcode or phone that must stay
    // unknown: those of a protected person lead to nobody.
    std::vector<Found> search(std::string_view words, std::size_t limit) const;
    // Records that may be the same person as this one (itself and its own cluster left out), best first.
    std::vector<Match> matches(const Identity&, const std::string& own_record, double least_weight,
                               std::size_t limit) const;

    // Which field moved the odds by how much, for two records of the index.
    std::optional<linkage::Waterfall> explain(const std::string& record_a, const std::string& record_b) const;

    // The same in one sentence, without the other record's data: "same date of birth, same family name".
    std::string why_alike(const Identity&, const std::string& record) const;

    // What ties the bearer of these keys (conflict.h) to this person; and to everybody, by root.
    Ties ties(const std::string& root, const std::vector<std::uint64_t>& keys) const;
    std::map<std::string, Ties> tied(const std::vector<std::uint64_t>& keys) const;

    std::size_t records() const;
    std::size_t people() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace rowan::people
