// Records of CSV files, ready to be linked.
//
// A reader of its own beside formats/csv.h, because a million records must be read, folded and interned in well
// under a second on two cores: the file is mapped, rows are folded in parallel, and each column is interned by one
// thread. Thread-safety: a Dataset is read by any number of threads once loaded.
#pragma once
#include "base/result.h"
#include "linkage/population.h"

#include <string>
#include <string_view>
#include <vector>

namespace rowan::linkage {

enum class Role : std::uint8_t {
    ignored,
    id,
    source,
    truth,
    given,
    middle,
    family,
    full_name,
    alias,
    other_family,  // another surname: maiden name, a parent's
    birth,
    birth_day,
    birth_month,
    birth_year,
    sex,
    postcode,
    address,
    town,
    nhs,
    upn,
    other_id,
    phone,
    email,
    other
};
std::string_view role_words(Role);

// What a column holds, from its heading alone; `ignored` when the heading says nothing known.
Role role_of_heading(std::string_view heading);

struct LoadOptions {
    std::string id_column, source_column, truth_column;  // empty: found by themselves (truth: none)
    Disk* disk = nullptr;  // where records wait that memory has no room for; borrowed
};

class Dataset {
public:
    explicit Dataset(Disk* disk = nullptr)
        : population(disk),
          id_text_(population.memory()),
          id_starts_(population.memory()),
          id_ends_(population.memory()) {}
    // Several files are one data set; without a source column each file is a source of its own, named after it.
    static base::Result<Dataset> load(const std::vector<std::string>& files, const LoadOptions&);
    // `text` instead of files, for tests and fuzzing.
    static base::Result<Dataset> parse(const std::vector<std::pair<std::string, std::string_view>>& named_texts,
                                       const LoadOptions&);

    // Records stand in an order of their own (by birth, surname, source and id), whatever order they were read in:
    // so every result is the same for every order of rows and files.
    Population population;
    std::vector<std::string> sources{""};  // by Packed::source
    std::vector<std::uint32_t> truth;      // number of the true person, 0 unknown; empty without a truth column
    struct Column {
        std::string heading;
        Role role;
        bool month_first = false;  // dates as in America
    };
    std::vector<Column> columns;  // of the first file: what was found in it

    std::size_t size() const { return id_ends_.size(); }
    std::string_view id(std::uint32_t record) const;
    std::string label(std::uint32_t record) const;  // the id, or source/id where one id stands in several sources
    std::uint32_t find(std::string_view label) const;  // size() when there is none
    bool ids_unique() const { return ids_unique_; }

private:
    friend class Loader;
    std::pmr::string id_text_;
    std::pmr::vector<std::uint64_t> id_starts_;
    std::pmr::vector<std::uint32_t> id_ends_;  // lengths
    bool ids_unique_ = true;
};

}  // namespace rowan::linkage
