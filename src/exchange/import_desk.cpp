#include "exchange/import_desk.h"

#include "base/id.h"
#include "base/text.h"
#include "formats/json.h"
#include "partnership/accounts.h"

#include <algorithm>
#include <unordered_map>

namespace rowan::exchange {

using database::Session;
using formats::Json;

namespace {

constexpr std::size_t kMostLines = 500'000;
constexpr const char* kTooManyLines = "The file has more than 500,000 lines. Bring it in parts.";

std::string encoding_note(formats::CsvEncoding encoding) {
    switch (encoding) {
        case formats::CsvEncoding::utf8:
            return "";
        case formats::CsvEncoding::utf16_little:
        case formats::CsvEncoding::utf16_big:
            return "The file is written in UTF-16 and was read as such.";
        case formats::CsvEncoding::windows_1252:
            return "The file is not written in UTF-8; it was read as Windows-1252. Check that names with accents "
                   "look right.";
    }
    return "";
}

// The mapping travels with the sealed file, so that a preview and its commit read alike.
Json to_json(const Mapping& m) {
    Json columns = Json::object({}), codes = Json::object({}), flags = Json::Array{}, dates = Json::Array{};
    for (const auto& [field, heading] : m.columns) columns.set(field, heading);
    for (const auto& [field, list] : m.codes) {
        Json inner = Json::object({});
        for (const auto& [local, ours] : list) inner.set(local, ours);
        codes.set(field, std::move(inner));
    }
    for (const auto& f : m.flags)
        flags.push(Json::object({{"flag", f.flag},
                                 {"column", f.column},
                                 {"values", Json::strings(f.values)},
                                 {"set_on", f.set_on},
                                 {"cleared_on", f.cleared_on}}));
    for (const auto order : m.dates) dates.push(static_cast<int>(order));
    return Json::object({{"columns", columns},
                         {"codes", codes},
                         {"flags", flags},
                         {"dates", dates},
                         {"from", m.missing_education_from},
                         {"to", m.missing_education_to},
                         {"points", m.missing_education_points}});
}

Mapping mapping_from(const Json& json) {
    Mapping m;
    m.dates.clear();
    for (const auto& [field, heading] : json["columns"].members()) m.columns[field] = heading.text();
    for (const auto& [field, list] : json["codes"].members())
        for (const auto& [local, ours] : list.members()) m.codes[field][local] = ours.text();
    for (const auto& f : json["flags"].array())
        m.flags.push_back({f["flag"].text(), f["column"].text(), f["values"].strings(), f["set_on"].text(),
                           f["cleared_on"].text()});
    for (const auto& order : json["dates"].array()) m.dates.push_back(static_cast<DateOrder>(order.integer()));
    m.missing_education_from = json["from"].text();
    m.missing_education_to = json["to"].text();
    m.missing_education_points = json["points"].text();
    return m;
}

partnership::AuditEntry import_entry(const std::string& by, const std::string& agency, const std::string& act,
                                     const std::string& batch, const std::string& detail) {
    return {.user_id = by,
            .agency = agency,
            .act = act,
            .subject_kind = "extract",
            .subject_id = batch,
            .detail = detail};
}

}  // namespace

struct ImportDesk::Read {
    struct Line {
        ExtractLine line;
        std::vector<people::Match> matches;  // records of the index
        std::vector<std::pair<std::size_t, people::Match>>
            earlier;  // lines of this file, by their place in `lines`
    };
    Mapping mapping;
    std::vector<Line> lines;
    std::vector<ExclusionCount> exclusions;
    ImportReport report;

    base::Result<> read_exclusions(formats::CsvReader&, const partnership::Scheme&);
    base::Result<> read_people(formats::CsvReader&, const ImportOptions&, const partnership::Scheme&,
                               base::Date today);
    void look_for_people(const people::PeopleDesk&, const ImportOptions&);
    void finish_report();

private:
    void tell(LineReport line) {
        auto& list = line.outcome == LineOutcome::refused ? refused_ : others_;
        if (list.size() < kMostReported) list.push_back(std::move(line));
    }
    LineReport look_for(const people::PeopleDesk&, Line&, const people::PeopleIndex& own,
                        const std::set<std::string>& untold) const;
    std::vector<LineReport> refused_, others_;
};

ImportDesk::ImportDesk(people::PeopleDesk& people) : people_(people) {}

base::Result<ImportDesk::Read> ImportDesk::read(formats::CsvReader& reader, const ImportOptions& options) const {
    const auto& office = people_.office();
    Read out;
    out.report.encoding_note = encoding_note(reader.encoding());
    const bool exclusions = holds_exclusions(reader.header());
    const auto done = exclusions
                          ? out.read_exclusions(reader, office.scheme)
                          : out.read_people(reader, options, office.scheme, base::london_date(office.clock.now()));
    if (!done.ok()) return done.error();
    if (!exclusions) out.look_for_people(people_, options);
    if (out.report.lines == 0) return base::invalid("The file has headings but no lines.");
    out.finish_report();
    return out;
}

base::Result<> ImportDesk::Read::read_exclusions(formats::CsvReader& reader, const partnership::Scheme& scheme) {
    report.kind = "exclusions";
    formats::CsvRow row;
    while (true) {
        const auto more = reader.next(row);
        if (!more.ok()) return more.error();
        if (!*more) return base::done();
        if (exclusions.size() == kMostLines) return base::too_large(kTooManyLines);
        auto count = read_exclusion(reader, row, scheme);
        ++report.lines;
        count.problems.empty() ? ++report.fresh : ++report.refused;
        tell({count.number, count.problems.empty() ? LineOutcome::fresh : LineOutcome::refused, count.problems});
        exclusions.push_back(std::move(count));
    }
}

// Every line is read before anybody is looked for: a file that is too long or broken is refused in a moment.
base::Result<> ImportDesk::Read::read_people(formats::CsvReader& reader, const ImportOptions& options,
                                             const partnership::Scheme& scheme, base::Date today) {
    if (options.mapping) {
        mapping = *options.mapping;
    } else {
        auto detected = detect_mapping(reader.header(), scheme);
        if (!detected.ok()) return detected.error();
        mapping = std::move(*detected);
    }
    if (auto checked = check_mapping(mapping, reader.header(), scheme); !checked.ok()) return checked.error();
    report.header = reader.header();
    report.mapping = mapping;
    std::unordered_map<std::string, std::size_t> seen;  // the agency's references in this file
    formats::CsvRow row;
    while (true) {
        const auto more = reader.next(row);
        if (!more.ok()) return more.error();
        if (!*more) return base::done();
        if (lines.size() == kMostLines) return base::too_large(kTooManyLines);
        auto& line = lines.emplace_back(Line{read_line(reader, row, mapping, scheme, today), {}, {}}).line;
        if (const auto ref = base::fold(line.identity.local_ref); !ref.empty()) {
            const auto [at, fresh] = seen.try_emplace(ref, line.number);
            if (!fresh)
                line.problems.push_back("The same reference is on line " + std::to_string(at->second) +
                                        ": each person must be in the file once");
        }
    }
}

void ImportDesk::Read::look_for_people(const people::PeopleDesk& people, const ImportOptions& options) {
    const auto known = people.office().database.read([&](Session& s) {
        std::vector<bool> out;
        for (const auto& each : lines)
            out.push_back(each.line.problems.empty() &&
                          people.knows(s, options.agency, each.line.identity.local_ref));
        return out;
    });
    people::PeopleIndex own;  // the file's own lines by their place, so that its duplicates meet
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto& line = lines[i];
        if (!line.line.problems.empty()) {
            ++report.refused;
            tell({line.line.number, LineOutcome::refused, line.line.problems});
        } else if (known[i]) {
            ++report.known;
            tell({line.line.number,
                  LineOutcome::known,
                  {"Your agency's record of this person is brought up to date"}});
        } else {
            auto told = look_for(people, line, own, options.untold);
            if (told.outcome == LineOutcome::certain)
                ++report.certain;
            else if (told.outcome == LineOutcome::matched)
                ++report.matched;
            else
                ++report.fresh;
            tell(std::move(told));
            people::IndexedRecord indexed;
            indexed.id = std::to_string(i);
            indexed.person = indexed.id;
            indexed.agency = options.agency;
            indexed.identity = line.line.identity;
            own.put(indexed);
        }
        ++report.lines;
        if (options.progress && report.lines % 1000 == 0) options.progress(report.lines, lines.size());
    }
}

LineReport ImportDesk::Read::look_for(const people::PeopleDesk& people, Line& line, const people::PeopleIndex& own,
                                      const std::set<std::string>& untold) const {
    const auto& index = people.index();
    const auto& who = line.line.identity;
    line.matches = index.matches(who, "", people::kLeastWeight, people::kMostProposals);
    for (const auto& match : own.matches(who, "", people::kLeastWeight, people::kMostProposals))
        line.earlier.emplace_back(std::stoull(match.record), match);
    // Of a record that is shown only by name a preview tells nothing, not even by a count.
    std::vector<people::Match> tellable;
    for (const auto& match : line.matches)
        if (const auto record = index.record(match.record);
            record && !partnership::is_shut(people.sensitivity(record->person)) &&
            !untold.contains(index.root_of(record->person)))
            tellable.push_back(match);
    LineReport told{line.line.number, LineOutcome::fresh, {}};
    if (std::any_of(tellable.begin(), tellable.end(), [](const auto& m) { return m.certain; }))
        told.outcome = LineOutcome::certain;
    else if (!tellable.empty() || !line.earlier.empty())
        told.outcome = LineOutcome::matched;
    // Putting it into words takes longer than finding it: only for lines that the report will show.
    if (others_.size() == kMostReported) return told;
    for (const auto& match : tellable)
        if (const auto record = index.record(match.record)) {
            const auto* agency = people.office().scheme.find_agency(record->agency);
            told.sentences.push_back("May be " + record->ref + " of " + (agency ? agency->name : record->agency) +
                                     ": " + index.why_alike(who, match.record));
        }
    for (const auto& [other, match] : line.earlier)
        told.sentences.push_back("May be the same person as line " + std::to_string(lines[other].line.number));
    return told;
}

void ImportDesk::Read::finish_report() {
    report.report = std::move(refused_);
    for (auto& line : others_)
        if (report.report.size() < kMostReported) report.report.push_back(std::move(line));
}

base::Result<> ImportDesk::store(Session& s, const Read& read, const std::string& agency, const std::string& batch,
                                 const std::string& by, std::vector<std::string>& records) const {
    const auto& office = people_.office();
    for (const auto& count : read.exclusions)
        s.execute(
            "INSERT INTO exclusion_count (partnership, academic_year, as_at, fixed_term, permanent, "
            "number_on_roll, import_id) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (partnership, academic_year, as_at) DO UPDATE SET "
            "fixed_term = excluded.fixed_term, permanent = excluded.permanent, number_on_roll = "
            "excluded.number_on_roll, import_id = excluded.import_id",
            count.partnership, count.academic_year, count.as_at, count.fixed_term, count.permanent, count.on_roll,
            batch);
    std::vector<std::string> record_of_line(read.lines.size());
    std::vector<partnership::AuditEntry> entries;
    for (std::size_t i = 0; i < read.lines.size(); ++i) {
        const auto& [line, matches, earlier] = read.lines[i];
        const auto stored = people_.store_record(s, agency, line.identity, batch, by);
        record_of_line[i] = stored.record;
        const auto area = office.scheme.area_of(base::parse_postcode(line.identity.postcode)).code;
        for (const auto& flag : line.flags)
            people_.store_flag(s, stored, agency, line.identity, area, flag.flag, flag.set_on, flag.cleared_on);
        if (line.education)
            s.execute(
                "INSERT INTO education_missing (id, record, person, area, started_on, ended_on, points) VALUES "
                "($1, $2, $3, $4, $5, $6, $7) "
                "ON CONFLICT (record, started_on) DO UPDATE SET ended_on = excluded.ended_on, points = "
                "excluded.points",
                base::new_id(), stored.record, stored.person, area, line.education->started_on,
                line.education->ended_on, base::join(line.education->points, ","));
        auto all = matches;
        for (const auto& [other, match] : earlier) {
            all.push_back(match);
            all.back().record = record_of_line[other];
        }
        if (!all.empty()) people_.propose_links(s, stored.record, all, by, agency, entries);
        records.push_back(stored.record);
    }
    people_.note_change(s, records);
    // Each link that the scheme's rule made has an entry of its own, and so has the extract.
    entries.push_back(import_entry(by, agency, "import", batch,
                                   "lines=" + std::to_string(read.report.lines) + " kind=" + read.report.kind));
    office.audit.append(s, entries);
    return base::done();
}

base::Result<ImportReport> ImportDesk::import_file(const std::string& path, const ImportOptions& options,
                                                   const std::string& by) const {
    const auto& office = people_.office();
    if (!office.scheme.find_agency(options.agency))
        return base::not_found("There is no agency \"" + options.agency + "\" in the scheme.");
    // H-111: no channel is open to an agency that is not signed in, this one included.
    if (!office.database.read(
            [&](Session& s) { return partnership::protocol_in_force(office, s, options.agency); }))
        return base::refused(
            "This agency has not signed the Information Sharing Protocol, so nothing can be brought in from it.");
    auto reader = formats::CsvReader::open(path);
    if (!reader.ok()) return reader.error();
    auto read_all = read(*reader, options);
    if (!read_all.ok()) return read_all.error();
    auto& report = read_all->report;
    if (options.dry_run || report.refused > 0) return std::move(report);
    const auto batch = base::new_id();
    std::vector<std::string> records;
    const auto done = office.database.write([&](Session& s) -> base::Result<> {
        s.execute(
            "INSERT INTO import_batch (id, agency, kind, state, created_at, created_by, committed_at, lines, "
            "accepted, refused, content, version) "
            "VALUES ($1, $2, $3, 'committed', $4, $5, $4, $6, $6, 0, NULL, 1)",
            batch, options.agency, report.kind, office.clock.now(), by, static_cast<std::int64_t>(report.lines));
        return store(s, *read_all, options.agency, batch, by, records);
    });
    if (!done.ok()) return done.error();
    if (options.refresh_index) people_.refresh(records);
    report.committed = true;
    report.batch = batch;
    return std::move(report);
}

namespace {

struct Batch {
    std::string agency, state, content;
    Mapping mapping;
    bool has_mapping = false;
    std::int64_t version = 0;
};

base::Result<Batch> load_batch(const Office& office, Session& s, const Viewer& viewer, const std::string& id) {
    if (const auto permit = may(viewer, partnership::Permission::bring_extract); !permit.allowed)
        return base::refused("You cannot bring in an extract: " + std::string(permit.sentence) + ".");
    const auto row = s.one("SELECT agency, state, content, version FROM import_batch WHERE id = $1", id);
    // Another agency's batch is not there.
    if (!row || row->text(0) != viewer.agency) return base::not_found("There is no such extract.");
    if (row->text(1) == "committed") return base::conflict("This extract has already been brought in.");
    if (row->text(1) == "abandoned") return base::conflict("This extract was put aside. Upload the file again.");
    const auto key = people::owner_key(office, s, id);
    if (!key.ok()) return key.error();
    const auto opened = key->open({"import_batch", id, "content"}, row->blob(2));
    if (!opened.ok()) return opened.error();
    Batch out{row->text(0), row->text(1), {}, {}, false, row->integer(3)};
    // "length of the mapping, newline, mapping, file"
    const auto newline = opened->find('\n');
    const auto size = static_cast<std::size_t>(std::stoull(opened->substr(0, newline)));
    if (size > 0) {
        const auto json = formats::parse_json(std::string_view(*opened).substr(newline + 1, size));
        if (!json.ok()) return json.error();
        out.mapping = mapping_from(*json);
        out.has_mapping = true;
    }
    out.content = opened->substr(newline + 1 + size);
    return out;
}

std::string batch_content(const std::optional<Mapping>& mapping, std::string_view file) {
    const auto json = mapping ? to_json(*mapping).write() : std::string{};
    return std::to_string(json.size()) + "\n" + json + std::string(file);
}

}  // namespace

base::Result<ImportReport> ImportDesk::preview(const Viewer& viewer, std::string content,
                                               const ImportOptions& wanted) const {
    const auto& office = people_.office();
    const auto permit = may(viewer, partnership::Permission::bring_extract);
    if (!permit.allowed)
        return base::refused("You cannot bring in an extract: " + std::string(permit.sentence) + ".");
    auto options = wanted;
    options.agency = viewer.agency;
    options.untold = people_.sealed_out(viewer);
    auto reader = formats::CsvReader::from_memory(content);
    if (!reader.ok()) return reader.error();
    auto read_all = read(*reader, options);
    if (!read_all.ok()) return read_all.error();
    auto& report = read_all->report;
    report.batch = base::new_id();
    const auto done = office.database.write([&](Session& s) -> base::Result<> {
        const auto key = people::new_owner_key(office, s, report.batch);
        s.execute(
            "INSERT INTO import_batch (id, agency, kind, state, created_at, created_by, lines, accepted, refused, "
            "content, version) "
            "VALUES ($1, $2, $3, 'preview', $4, $5, $6, 0, $7, $8, 1)",
            report.batch, viewer.agency, report.kind, office.clock.now(), viewer.user_id,
            static_cast<std::int64_t>(report.lines), static_cast<std::int64_t>(report.refused),
            database::Blob{
                key.seal({"import_batch", report.batch, "content"}, batch_content(options.mapping, content))});
        office.audit.append(s, import_entry(viewer.user_id, viewer.agency, "preview", report.batch,
                                            "lines=" + std::to_string(report.lines)));
        return base::done();
    });
    if (!done.ok()) return done.error();
    return std::move(report);
}

base::Result<ImportReport> ImportDesk::reread(const Viewer& viewer, const std::string& id) const {
    const auto& office = people_.office();
    auto batch = office.database.read([&](Session& s) { return load_batch(office, s, viewer, id); });
    if (!batch.ok()) return batch.error();
    ImportOptions options;
    options.agency = viewer.agency;
    options.untold = people_.sealed_out(viewer);
    if (batch->has_mapping) options.mapping = batch->mapping;
    auto reader = formats::CsvReader::from_memory(std::move(batch->content));
    if (!reader.ok()) return reader.error();
    auto read_all = read(*reader, options);
    if (!read_all.ok()) return read_all.error();
    read_all->report.batch = id;
    return std::move(read_all->report);
}

base::Result<ImportReport> ImportDesk::preview_again(const Viewer& viewer, const std::string& id,
                                                     const Mapping& mapping) const {
    const auto& office = people_.office();
    const auto done = office.database.write([&](Session& s) -> base::Result<> {
        auto batch = load_batch(office, s, viewer, id);
        if (!batch.ok()) return batch.error();
        const auto key = people::owner_key(office, s, id);
        if (!key.ok()) return key.error();
        s.execute(
            "UPDATE import_batch SET content = $1, version = version + 1 WHERE id = $2",
            database::Blob{key->seal({"import_batch", id, "content"}, batch_content(mapping, batch->content))},
            id);
        return base::done();
    });
    if (!done.ok()) return done.error();
    return reread(viewer, id);
}

base::Result<ImportReport> ImportDesk::commit(const Viewer& viewer, const std::string& id,
                                              const std::string& once) const {
    const auto& office = people_.office();
    const auto permit = may(viewer, partnership::Permission::bring_extract);
    if (!permit.allowed)
        return base::refused("You cannot bring in an extract: " + std::string(permit.sentence) + ".");
    auto batch = office.database.read([&](Session& s) { return load_batch(office, s, viewer, id); });
    if (!batch.ok()) {
        // The same form sent twice: the first time did it.
        if (batch.error().kind == base::ErrorKind::conflict &&
            office.database.read([&](Session& s) { return partnership::done_before(s, once, viewer.user_id); })) {
            ImportReport done;
            done.committed = true;
            done.batch = id;
            return done;
        }
        return batch.error();
    }
    ImportOptions options;
    options.agency = viewer.agency;
    options.untold = people_.sealed_out(viewer);
    if (batch->has_mapping) options.mapping = batch->mapping;
    auto reader = formats::CsvReader::from_memory(batch->content);
    if (!reader.ok()) return reader.error();
    auto read_all = read(*reader, options);
    if (!read_all.ok()) return read_all.error();
    auto& report = read_all->report;
    if (report.refused > 0)
        return base::refused(
            "Some lines are refused, so nothing was brought in. Mend the file and upload it again.");
    std::vector<std::string> records;
    const auto done = office.database.write([&](Session& s) -> base::Result<> {
        if (s.execute("UPDATE import_batch SET state = 'committed', committed_at = $1, accepted = lines, content "
                      "= NULL, version = version + 1 "
                      "WHERE id = $2 AND state = 'preview' AND version = $3",
                      office.clock.now(), id, batch->version) == 0)
            return base::conflict("This extract has been changed or brought in by somebody else.");
        // The file is gone, and so is the key of what a backup still holds of it.
        s.execute("DELETE FROM record_key WHERE owner = $1", id);
        partnership::remember_done(s, once, viewer.user_id, office.clock.now(), id);
        return store(s, *read_all, viewer.agency, id, viewer.user_id, records);
    });
    if (!done.ok()) return done.error();
    people_.refresh(records);
    report.committed = true;
    report.batch = id;
    return std::move(report);
}

base::Result<> ImportDesk::abandon(const Viewer& viewer, const std::string& id) const {
    const auto& office = people_.office();
    if (const auto permit = may(viewer, partnership::Permission::bring_extract); !permit.allowed)
        return base::refused("You cannot put an extract aside: " + std::string(permit.sentence) + ".");
    return office.database.write([&](Session& s) -> base::Result<> {
        if (s.execute("UPDATE import_batch SET state = 'abandoned', content = NULL, version = version + 1 WHERE "
                      "id = $1 AND agency = $2 AND state = 'preview'",
                      id, viewer.agency) == 0)
            return base::not_found("There is no such extract.");
        s.execute("DELETE FROM record_key WHERE owner = $1", id);
        office.audit.append(s, import_entry(viewer.user_id, viewer.agency, "abandon", id, ""));
        return base::done();
    });
}

std::vector<ImportDesk::BatchLine> ImportDesk::batches(const Viewer& viewer) const {
    return people_.office().database.read([&](Session& s) {
        std::vector<BatchLine> out;
        for (const auto& row : s.query("SELECT b.id, b.state, b.created_at, COALESCE(u.display_name, "
                                       "b.created_by), b.lines, b.refused FROM import_batch b "
                                       "LEFT JOIN user_account u ON u.id = b.created_by WHERE b.agency = $1 ORDER "
                                       "BY b.created_at DESC LIMIT 50",
                                       viewer.agency))
            out.push_back({row.text(0), row.text(1), row.instant(2), row.text(3), row.integer(4), row.integer(5)});
        return out;
    });
}

}  // namespace rowan::exchange
