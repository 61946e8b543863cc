// "Who is this?": the records most like a given one, from an index that is kept up to date in place.
//
// Scores are those of Scorer on the same population: a lookup and the batch engine give one figure.
// Thread-safety: any number of threads may read (candidates, explain, compare, size) while one writes (insert,
// update, erase); writers take turns. What a write changed is seen by every lookup that starts after it returned.
// Memory: about 64 bytes a record, 4 bytes a blocking rule and record twice over, and each distinct text once.
#pragma once
#include "linkage/score.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::linkage {

struct Candidate {
    std::string id;
    Score score;
    std::uint8_t contradictions = 0;  // Contradiction bits
    bool certain = false;
};

class Index {
public:
    explicit Index(Model = Model::children());
    ~Index();
    Index(const Index&) = delete;
    Index& operator=(const Index&) = delete;

    // Record::id must be unique in the index. Inserting an id that is there already replaces its record.
    void insert(const Record&);
    void update(const Record& record) { insert(record); }
    bool erase(std::string_view id);    // false: was not there
    void reserve(std::size_t records);  // before a big load, to grow once

    // The best `limit` records, best first (equal weights by id), that share a blocking key with `record` and
    // weigh at least `least_weight`. The record with the same id, if any, is left out.
    std::vector<Candidate> candidates(const Record& record, std::size_t limit, double least_weight = -10) const;
    std::vector<Candidate> candidates_of(std::string_view id, std::size_t limit, double least_weight = -10) const;

    std::optional<Comparison> compare(std::string_view left_id, std::string_view right_id) const;
    std::optional<Waterfall> explain(std::string_view left_id, std::string_view right_id) const;
    std::optional<Waterfall> explain(const Record&, std::string_view id) const;

    bool contains(std::string_view id) const;
    std::size_t size() const;
    std::size_t bytes() const;  // what the index holds, roughly
    const Model& model() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace rowan::linkage
