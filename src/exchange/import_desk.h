// Bringing in an agency's extract: preview with a line-by-line report, then commit all or nothing.
//
// A preview changes nothing but the batch itself; the file waits sealed under a key of its own. Matching runs
// before the write transaction, so that a large file does not hold up the writers; the transaction stores what was
// read. Thread-safety: any thread. Errors: one sentence each.
#pragma once
#include "exchange/extract.h"
#include "people/people_desk.h"

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace rowan::exchange {

using partnership::Office;
using partnership::Viewer;

enum class LineOutcome { fresh, known, matched, certain, refused };

struct LineReport {
    std::size_t number = 0;
    LineOutcome outcome = LineOutcome::fresh;
    std::vector<std::string> sentences;  // why refused; or what it matches, without another agency's data
};

struct ImportReport {
    std::string kind = "people";  // or "exclusions"
    std::string encoding_note;    // "" or how the file was read
    std::size_t lines = 0, fresh = 0, known = 0, matched = 0, certain = 0, refused = 0;
    std::vector<LineReport> report;  // refused lines first, then in order; at most kMostReported
    formats::CsvRow header;          // the file's headings
    Mapping mapping;                 // how it was read
    bool committed = false;
    std::string batch;
};
inline constexpr std::size_t kMostReported = 500;

struct ImportOptions {
    std::string agency;
    std::optional<Mapping> mapping;  // none: detected
    bool dry_run = false;
    std::set<std::string> untold{};  // roots of whom the report tells nothing (PeopleDesk::sealed_out)
    bool refresh_index = true;  // false: the process ends with this import, and nobody will search in its index
    std::function<void(std::size_t done, std::size_t of)> progress;
};

class ImportDesk {
public:
    explicit ImportDesk(people::PeopleDesk&);

    // For the command line: reads the file and, unless dry_run or a line is refused, commits it.
    base::Result<ImportReport> import_file(const std::string& path, const ImportOptions&,
                                           const std::string& by) const;

    // For the upload page: preview() keeps the file as a batch; commit() takes it in. Only the viewer's own
    // agency.
    base::Result<ImportReport> preview(const Viewer&, std::string content, const ImportOptions&) const;
    base::Result<ImportReport> preview_again(const Viewer&, const std::string& batch, const Mapping&) const;
    base::Result<ImportReport> reread(const Viewer&, const std::string& batch) const;
    base::Result<ImportReport> commit(const Viewer&, const std::string& batch, const std::string& once) const;
    base::Result<> abandon(const Viewer&, const std::string& batch) const;

    struct BatchLine {
        std::string id, state;
        base::Instant at;
        std::string by;
        std::int64_t lines = 0, refused = 0;
    };
    std::vector<BatchLine> batches(const Viewer&) const;

private:
    struct Read;
    base::Result<Read> read(formats::CsvReader&, const ImportOptions&) const;
    base::Result<> store(database::Session&, const Read&, const std::string& agency, const std::string& batch,
                         const std::string& by, std::vector<std::string>& records) const;
    people::PeopleDesk& people_;
};

}  // namespace rowan::exchange
