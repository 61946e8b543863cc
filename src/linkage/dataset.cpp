#include "linkage/dataset.h"

#include "base/text.h"
#include "linkage/disk.h"

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace rowan::linkage {
namespace {

constexpr std::size_t kRowsOfAChunk = 1 << 12;
constexpr std::size_t kRowsOfASample = 200;      // what columns hold is seen from so many
constexpr std::size_t kLargestCell = 64 * 1024;  // more is a forgotten quotation mark
constexpr std::size_t kMostColumns = 512;

// A file in memory without a copy; empty when it cannot be read.
class Mapped {
public:
    Mapped(const std::string& path, Disk* disk) : disk_(disk) {
        const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
        struct stat info{};
        if (fd < 0 || ::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
            if (fd >= 0) ::close(fd);
            return;
        }
        readable_ = true;
        size_ = static_cast<std::size_t>(info.st_size);
        if (size_ > 0) {
            void* at = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
            if (at == MAP_FAILED)
                readable_ = false, size_ = 0;
            else
                data_ = static_cast<char*>(at), ::madvise(at, size_, MADV_SEQUENTIAL);
            if (data_ != nullptr && disk_ != nullptr) disk_->borrow(at, size_);
        }
        ::close(fd);
    }
    ~Mapped() {
        if (data_ == nullptr) return;
        if (disk_ != nullptr) disk_->give_back(data_);
        ::munmap(data_, size_);
    }
    Mapped(const Mapped&) = delete;
    Mapped& operator=(const Mapped&) = delete;
    bool readable() const { return readable_; }
    std::string_view text() const { return {data_, size_}; }

private:
    Disk* disk_;
    bool readable_ = false;
    char* data_ = nullptr;
    std::size_t size_ = 0;
};

std::string_view trim(std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r')) s.remove_suffix(1);
    return s;
}

// The end of the row that starts at `at` and holds a quotation mark: a mark opens a cell only at the cell's start.
std::size_t end_of_quoted_row(std::string_view text, std::size_t at, char separator) {
    bool fresh = true, open = false;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (open) {
            if (c != '"') continue;
            if (at + 1 < text.size() && text[at + 1] == '"')
                ++at;
            else
                open = false;
        } else if (c == '\n') {
            return at;
        } else if (c == '"' && fresh) {
            open = true;
            fresh = false;
        } else if (c == separator) {
            fresh = true;
        } else if (c != ' ') {
            fresh = false;
        }
    }
    return at;
}

// Where each row starts, and the end of the text. Line ends inside quotation marks do not end a row.
std::vector<std::size_t> row_starts(std::string_view text, char separator) {
    std::vector<std::size_t> starts;
    std::size_t quote = 0;
    for (std::size_t at = 0; at < text.size();) {
        starts.push_back(at);
        if (quote < at || at == 0) quote = text.find('"', at);
        std::size_t end = std::min(text.find('\n', at), text.size());
        if (quote < end) end = end_of_quoted_row(text, at, separator);
        at = end + 1;
    }
    starts.push_back(text.size());
    return starts;
}

char separator_of(std::string_view text) {
    const std::string_view first = text.substr(0, text.find('\n'));
    if (first.find(',') != std::string_view::npos) return ',';
    for (char c : {';', '\t', '|'})
        if (first.find(c) != std::string_view::npos) return c;
    return ',';
}

// The cells of one row. Cells with quotation marks are unpacked into `scratch`, which must not grow between rows.
std::size_t split_row(std::string_view row, char separator, std::vector<std::string_view>& cells,
                      std::string& scratch) {
    while (!row.empty() && (row.back() == '\n' || row.back() == '\r')) row.remove_suffix(1);
    cells.clear();
    scratch.clear();
    scratch.reserve(row.size());
    for (std::size_t at = 0;;) {
        std::size_t start = at;
        while (start < row.size() && row[start] == ' ') ++start;
        if (start < row.size() && row[start] == '"') {
            const std::size_t kept = scratch.size();
            std::size_t i = start + 1;
            for (; i < row.size(); ++i) {
                if (row[i] != '"')
                    scratch += row[i];
                else if (i + 1 < row.size() && row[i + 1] == '"')
                    scratch += row[i++];
                else
                    break;
            }
            cells.push_back(trim(std::string_view(scratch).substr(kept)));
            at = row.find(separator, std::min(i + 1, row.size()));
        } else {
            const std::size_t end = row.find(separator, at);
            cells.push_back(trim(row.substr(at, end == std::string_view::npos ? end : end - at)));
            at = end;
        }
        if (at == std::string_view::npos || cells.size() > kMostColumns) return cells.size();
        ++at;
    }
}

std::string heading_key(std::string_view heading) {
    std::string key;
    for (char c : heading) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) key += c;
    }
    return key;
}

struct Heading {
    std::string_view key;
    Role role;
};
constexpr Heading kHeadings[] = {
    {"id", Role::id},
    {"uniqueid", Role::id},
    {"recordid", Role::id},
    {"recid", Role::id},
    {"rowid", Role::id},
    {"ref", Role::id},
    {"reference", Role::id},
    {"localid", Role::id},
    {"caseid", Role::id},
    {"rid", Role::id},
    {"source", Role::source},
    {"agency", Role::source},
    {"sourcedataset", Role::source},
    {"dataset", Role::source},
    {"sourcesystem", Role::source},
    {"organisation", Role::source},
    {"sourceagency", Role::source},
    {"firstname", Role::given},
    {"forename", Role::given},
    {"forenames", Role::given},
    {"givenname", Role::given},
    {"givennames", Role::given},
    {"first", Role::given},
    {"given", Role::given},
    {"fname", Role::given},
    {"firstnames", Role::given},
    {"christianname", Role::given},
    {"childforename", Role::given},
    {"childfirstname", Role::given},
    {"legalforename", Role::given},
    {"name1", Role::given},
    {"firstgivenname", Role::given},
    {"middlename", Role::middle},
    {"middlenames", Role::middle},
    {"secondname", Role::middle},
    {"midlname", Role::middle},
    {"middle", Role::middle},
    {"mname", Role::middle},
    {"secondforename", Role::middle},
    {"middleinitial", Role::middle},
    {"middleinitials", Role::middle},
    {"middleforename", Role::middle},
    {"middleforenames", Role::middle},
    {"secondgivenname", Role::middle},
    {"surname", Role::family},
    {"lastname", Role::family},
    {"familyname", Role::family},
    {"last", Role::family},
    {"family", Role::family},
    {"lname", Role::family},
    {"childsurname", Role::family},
    {"childlastname", Role::family},
    {"legalsurname", Role::family},
    {"sname", Role::family},
    {"name2", Role::family},
    {"fullname", Role::full_name},
    {"name", Role::full_name},
    {"childname", Role::full_name},
    {"personname", Role::full_name},
    {"alias", Role::alias},
    {"aka", Role::alias},
    {"knownas", Role::alias},
    {"othername", Role::alias},
    {"othernames", Role::alias},
    {"aliases", Role::alias},
    {"otherfamilyname", Role::other_family},
    {"othersurname", Role::other_family},
    {"otherlastname", Role::other_family},
    {"previoussurname", Role::other_family},
    {"previouslastname", Role::other_family},
    {"previousfamilyname", Role::other_family},
    {"formersurname", Role::other_family},
    {"maidenname", Role::other_family},
    {"birthsurname", Role::other_family},
    {"dob", Role::birth},
    {"dateofbirth", Role::birth},
    {"birthdate", Role::birth},
    {"birth", Role::birth},
    {"born", Role::birth},
    {"bdate", Role::birth},
    {"persondob", Role::birth},
    {"childdob", Role::birth},
    {"birthday", Role::birth_day},
    {"bday", Role::birth_day},
    {"dobday", Role::birth_day},
    {"bd", Role::birth_day},
    {"dayofbirth", Role::birth_day},
    {"birthmonth", Role::birth_month},
    {"bmonth", Role::birth_month},
    {"dobmonth", Role::birth_month},
    {"bm", Role::birth_month},
    {"monthofbirth", Role::birth_month},
    {"birthyear", Role::birth_year},
    {"byear", Role::birth_year},
    {"dobyear", Role::birth_year},
    {"by", Role::birth_year},
    {"yearofbirth", Role::birth_year},
    {"yob", Role::birth_year},
    {"sex", Role::sex},
    {"gender", Role::sex},
    {"gendercode", Role::sex},
    {"sexcode", Role::sex},
    {"postcode", Role::postcode},
    {"zip", Role::postcode},
    {"zipcode", Role::postcode},
    {"postalcode", Role::postcode},
    {"pcode", Role::postcode},
    {"postcodefake", Role::postcode},
    {"homepostcode", Role::postcode},
    {"zipcd", Role::postcode},
    {"pc", Role::postcode},
    {"address", Role::address},
    {"address1", Role::address},
    {"address2", Role::address},
    {"addressline1", Role::address},
    {"addressline2", Role::address},
    {"street", Role::address},
    {"streetnumber", Role::address},
    {"streetaddress", Role::address},
    {"housenumber", Role::address},
    {"house", Role::address},
    {"streetname", Role::address},
    {"housename", Role::address},
    {"flat", Role::address},
    {"flatnumber", Role::address},
    {"unitnumber", Role::address},
    {"resstreetaddress", Role::address},
    {"homeaddress", Role::address},
    {"town", Role::town},
    {"city", Role::town},
    {"suburb", Role::town},
    {"village", Role::town},
    {"rescitydesc", Role::town},
    {"locality", Role::town},
    {"posttown", Role::town},
    {"nhs", Role::nhs},
    {"nhsnumber", Role::nhs},
    {"nhsno", Role::nhs},
    {"nhsnum", Role::nhs},
    {"upn", Role::upn},
    {"uniquepupilnumber", Role::upn},
    {"pupilnumber", Role::upn},
    {"socsecid", Role::other_id},
    {"ssn", Role::other_id},
    {"nino", Role::other_id},
    {"nationalinsurancenumber", Role::other_id},
    {"uln", Role::other_id},
    {"pncid", Role::other_id},
    {"passport", Role::other_id},
    {"passportnumber", Role::other_id},
    {"phone", Role::phone},
    {"telephone", Role::phone},
    {"mobile", Role::phone},
    {"phonenumber", Role::phone},
    {"tel", Role::phone},
    {"fullphonenum", Role::phone},
    {"mobilephone", Role::phone},
    {"contactnumber", Role::phone},
    {"telephonenumber", Role::phone},
    {"mobilenumber", Role::phone},
    {"email", Role::email},
    {"emailaddress", Role::email},
    {"mail", Role::email},
    {"birthplace", Role::other},
    {"placeofbirth", Role::other},
    {"occupation", Role::other},
    {"mothername", Role::other},
    {"mothersname", Role::other},
    {"school", Role::other},
};

// A column whose heading says nothing may still be known by what is in it.
Role role_of_values(const std::vector<std::string>& values) {
    std::size_t filled = 0, emails = 0, postcodes = 0, nhs = 0, upns = 0;
    std::string code;
    for (const std::string& v : values) {
        if (v.empty()) continue;
        ++filled;
        fold_code(v, code);
        const auto at = v.find('@');
        emails += at != std::string::npos && v.find('.', at) != std::string::npos;
        postcodes += valid_postcode(code);
        nhs += valid_nhs_number(code);
        upns += valid_upn(code);
    }
    if (filled < 5) return Role::ignored;
    const auto nearly_all = [&](std::size_t n) { return n * 10 >= filled * 9; };
    if (nearly_all(emails)) return Role::email;
    if (nearly_all(nhs)) return Role::nhs;
    if (nearly_all(upns)) return Role::upn;
    if (nearly_all(postcodes)) return Role::postcode;
    return Role::ignored;
}

// Folded texts of one column of one batch.
struct Staged {
    std::uint32_t start, size;
    std::uint64_t hash;
};
struct Stage {
    std::string text;
    std::vector<Staged> rows;
    std::string_view row(std::size_t i) const {
        return std::string_view(text).substr(rows[i].start, rows[i].size);
    }
    void clear() { text.clear(), rows.clear(); }
};

}  // namespace

std::string_view role_words(Role r) {
    static constexpr std::string_view kWords[] = {
        "not used",         "record id",    "source",         "truth",         "given name",
        "middle name",      "surname",      "full name",      "alias",         "other surname",
        "date of birth",    "day of birth", "month of birth", "year of birth", "sex",
        "postcode",         "address",      "town",           "NHS number",    "unique pupil number",
        "other identifier", "phone",        "e-mail",         "further field"};
    return kWords[static_cast<std::size_t>(r)];
}

Role role_of_heading(std::string_view heading) {
    const std::string key = heading_key(heading);
    for (const Heading& h : kHeadings)
        if (h.key == key) return h.role;
    return Role::ignored;
}

class Loader {
    using C = Column;

public:
    explicit Loader(const LoadOptions& options)
        : options_(options),
          data_(options.disk),
          packed_(memory()),
          starts_of_id_(memory()),
          size_of_id_(memory()) {}

    base::Result<> add(const std::string& name, std::string_view text, bool many_files) {
        if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        separator_ = separator_of(text);
        const std::vector<std::size_t> starts = row_starts(text, separator_);
        if (starts.size() < 2)
            return base::invalid("The file " + name +
                                 " is empty: it needs a row of headings and records below it.");
        name_ = name;
        text_ = text;
        starts_ = &starts;
        if (auto headings = read_headings(many_files); !headings) return headings.error();
        const std::size_t rows = starts.size() - 2;
        packed_.reserve(packed_.size() + rows);
        return read_rows(rows);
    }

    base::Result<Dataset> finish() {
        const std::size_t n = packed_.size();
        if (n == 0) return base::invalid("There are no records below the headings.");
        if (n >= kLocal / 16) return base::too_large("Rowan links at most 134 million records at once.");
        if (auto twice = refuse_doubles(); !twice) return twice.error();
        // By date of birth and surname, so that records which will be compared lie side by side in memory; then by
        // source and id.
        KeyedList order(n, memory()), spare(memory());
        tbb::parallel_for(std::size_t{0}, n, [&](std::size_t i) {
            const std::uint32_t family = packed_[i][C::family];
            order[i] = {family == 0 ? 0U : static_cast<std::uint32_t>(data_.population.names().hash(family) >> 32),
                        packed_[i].birth, static_cast<std::uint32_t>(i)};
        });
        radix_sort(order, spare);
        for (Keyed& k : order) std::swap(k.key, k.low);
        radix_sort(order, spare);
        spare = {};
        const auto alike = [](const Keyed& x, const Keyed& y) { return x.key == y.key && x.low == y.low; };
        const auto before = [&](const Keyed& x, const Keyed& y) {
            const std::uint16_t a = source_of_[x.record], b = source_of_[y.record];
            if (a != b) return data_.sources[a] < data_.sources[b];
            return read_id(x.record) < read_id(y.record);
        };
        each_run(order, alike, [&](auto from, auto to) { std::sort(from, to, before); });

        data_.id_starts_.resize(n);
        data_.id_ends_.resize(n);
        if (has_truth_) data_.truth.resize(n);
        tbb::parallel_for(tbb::blocked_range<std::size_t>(0, n, 4096), [&](const auto& range) {
            for (std::size_t i = range.begin(); i < range.end(); ++i) {
                const std::uint32_t from = order[i].record;
                data_.id_starts_[i] = starts_of_id_[from];
                data_.id_ends_[i] = size_of_id_[from];
                if (has_truth_) data_.truth[i] = truth_[from];
            }
        });
        data_.population.adopt(in_this(order));
        return std::move(data_);
    }

private:
    std::pmr::memory_resource* memory() const { return data_.population.memory(); }

    // The records in this order, and no longer in the one in which they came.
    std::pmr::vector<Packed> in_this(const KeyedList& order) {
        std::pmr::vector<Packed> sorted(order.size(), memory());
        if (options_.disk == nullptr) {
            tbb::parallel_for(tbb::blocked_range<std::size_t>(0, order.size(), 4096), [&](const auto& range) {
                for (std::size_t i = range.begin(); i < range.end(); ++i) {
                    __builtin_prefetch(&packed_[order[std::min(i + 12, order.size() - 1)].record]);
                    sorted[i] = packed_[order[i].record];
                }
            });
        } else {
            const std::size_t some =
                options_.disk->at_once(sizeof(Packed) + 2 * sizeof(Keyed) + sizeof(std::uint32_t));
            std::vector<std::uint32_t> records;
            for (std::size_t from = 0; from < order.size(); from += some) {
                records.clear();
                for (std::size_t i = from; i < std::min(from + some, order.size()); ++i)
                    records.push_back(order[i].record);
                Pick(records, *options_.disk).rows(packed_.data(), 1, &sorted[from]);
            }
        }
        packed_ = std::pmr::vector<Packed>(memory());
        return sorted;
    }
    std::string_view read_id(std::size_t i) const {
        return {data_.id_text_.data() + starts_of_id_[i], size_of_id_[i]};
    }

    // One id in two sources is no error, but then ids alone do not name a record.
    base::Result<> refuse_doubles() {
        KeyedList hashes(packed_.size(), memory()), spare(memory());
        tbb::parallel_for(std::size_t{0}, hashes.size(), [&](std::size_t i) {
            const std::uint64_t hash = hash_text(read_id(i));
            hashes[i] = {static_cast<std::uint32_t>(hash >> 32), static_cast<std::uint32_t>(hash),
                         static_cast<std::uint32_t>(i)};
        });
        radix_sort(hashes, spare);
        std::atomic<std::uint32_t> twice = kNone;
        std::atomic<bool> unique = true;
        const auto alike = [](const Keyed& x, const Keyed& y) { return x.key == y.key; };
        each_run(hashes, alike, [&](auto from, auto to) {
            std::sort(from, to, [&](const Keyed& x, const Keyed& y) {
                return std::tuple(x.low, read_id(x.record), source_of_[x.record], x.record) <
                       std::tuple(y.low, read_id(y.record), source_of_[y.record], y.record);
            });
            for (auto at = from + 1; at != to; ++at) {
                if (at[-1].low != at->low || read_id(at[-1].record) != read_id(at->record)) continue;
                unique = false;
                if (source_of_[at[-1].record] == source_of_[at->record]) keep_least(twice, at->record);
            }
        });
        data_.ids_unique_ = unique;
        if (twice == kNone) return base::done();
        const std::string& source = data_.sources[source_of_[twice]];
        return base::invalid("The id " + std::string(read_id(twice)) + " stands twice in " +
                             (source.empty() ? "the file" : source) + "; every record needs its own.");
    }

    static void keep_least(std::atomic<std::uint32_t>& least, std::uint32_t value) {
        for (std::uint32_t now = least; value < now && !least.compare_exchange_weak(now, value);) {
        }
    }

    // Calls f(from, to) for each run of at least two that are alike, from several threads; f may reorder them.
    template <class Alike, class F>
    static void each_run(KeyedList& items, Alike alike, F f) {
        constexpr std::size_t kShare = 4096;
        std::vector<std::size_t> cuts{0};  // between runs
        for (std::size_t at = kShare; at < items.size(); at += kShare) {
            while (at < items.size() && alike(items[at - 1], items[at])) ++at;
            cuts.push_back(at);
        }
        cuts.push_back(items.size());
        tbb::parallel_for(std::size_t{1}, cuts.size(), [&](std::size_t cut) {
            const auto end = items.begin() + static_cast<std::ptrdiff_t>(cuts[cut]);
            auto from = items.begin() + static_cast<std::ptrdiff_t>(cuts[cut - 1]);
            for (auto to = from; from != end; from = to) {
                while (to != end && alike(*from, *to)) ++to;
                if (to - from > 1) f(from, to);
            }
        });
    }

    std::string_view row(std::size_t r) const {
        return text_.substr((*starts_)[r], (*starts_)[r + 1] - (*starts_)[r]);
    }

    base::Result<> read_headings(bool many_files) {
        const std::string_view first = row(0);
        std::vector<std::string_view> cells;
        std::string scratch;
        columns_ = split_row(first, separator_, cells, scratch);
        if (columns_ > kMostColumns)
            return base::invalid("The file " + name_ + " has more than 512 columns; is it a CSV file?");
        std::vector<std::string> headings(cells.begin(), cells.end());
        roles_.assign(columns_, Role::ignored);
        for (std::size_t c = 0; c < columns_; ++c) roles_[c] = role_of_heading(headings[c]);
        if (auto named = name_columns(headings); !named) return named;
        guess_by_values();
        settle_roles();
        date_order_ = order_of_dates();
        if (!has(Role::source)) {
            const std::string source = many_files ? std::filesystem::path(name_).stem().string() : std::string{};
            file_source_ = source_number(source);
        }
        if (data_.columns.empty())
            for (std::size_t c = 0; c < columns_; ++c)
                data_.columns.push_back(
                    {headings[c], roles_[c], roles_[c] == Role::birth && date_order_ == DateOrder::month_first});
        return base::done();
    }

    bool has(Role r) const { return std::find(roles_.begin(), roles_.end(), r) != roles_.end(); }

    base::Result<> name_columns(const std::vector<std::string>& headings) {
        const auto claim = [&](const std::string& wanted, Role role) -> base::Result<> {
            if (wanted.empty()) return base::done();
            const auto at = std::find(headings.begin(), headings.end(), wanted);
            if (at == headings.end())
                return base::not_found("The file " + name_ + " has no column “" + wanted +
                                       "”. Its columns are: " + base::join(headings, ", ") + ".");
            std::replace(roles_.begin(), roles_.end(), role, Role::ignored);
            roles_[static_cast<std::size_t>(at - headings.begin())] = role;
            return base::done();
        };
        if (auto r = claim(options_.id_column, Role::id); !r) return r;
        if (auto r = claim(options_.source_column, Role::source); !r) return r;
        if (auto r = claim(options_.truth_column, Role::truth); !r) return r;
        has_truth_ = !options_.truth_column.empty();
        return base::done();
    }

    void guess_by_values() {
        std::vector<std::vector<std::string>> sample(columns_);
        std::vector<std::string_view> cells;
        std::string scratch;
        for (std::size_t r = 1; r + 1 < starts_->size() && r <= kRowsOfASample; ++r) {
            split_row(row(r), separator_, cells, scratch);
            for (std::size_t c = 0; c < std::min(cells.size(), columns_); ++c)
                if (roles_[c] == Role::ignored && cells[c].size() < 200) sample[c].emplace_back(cells[c]);
        }
        for (std::size_t c = 0; c < columns_; ++c) {
            if (roles_[c] != Role::ignored) continue;
            const Role guess = role_of_values(sample[c]);
            if (guess != Role::ignored && !has(guess)) roles_[c] = guess;
        }
    }

    // British, unless the dates cannot be: a list whose second numbers go beyond twelve and whose first do not.
    DateOrder order_of_dates() const {
        const auto at =
            static_cast<std::size_t>(std::find(roles_.begin(), roles_.end(), Role::birth) - roles_.begin());
        std::size_t day_first = 0, month_first = 0;
        std::vector<std::string_view> cells;
        std::string scratch;
        for (std::size_t r = 1; at < columns_ && r + 1 < starts_->size() && r <= kRowsOfASample; ++r) {
            split_row(row(r), separator_, cells, scratch);
            if (at >= cells.size()) continue;
            const bool british = parse_partial_date(cells[at]).real(),
                       american = parse_partial_date(cells[at], DateOrder::month_first).real();
            day_first += british && !american;
            month_first += american && !british;
        }
        constexpr std::size_t kEnough = 3, kMistakes = 4;  // one mistake among so many
        return month_first >= kEnough && month_first > kMistakes * day_first ? DateOrder::month_first
                                                                             : DateOrder::day_first;
    }

    // One column for a role, but for those that are joined; whole names are used only where there are no parts.
    void settle_roles() {
        for (Role r :
             {Role::id, Role::source, Role::given, Role::family, Role::full_name, Role::other_family, Role::birth,
              Role::birth_day, Role::birth_month, Role::birth_year, Role::sex, Role::postcode, Role::town,
              Role::nhs, Role::upn, Role::other_id, Role::phone, Role::email, Role::other}) {
            bool seen = false;
            for (Role& role : roles_) {
                if (role != r) continue;
                if (seen) role = Role::ignored;
                seen = true;
            }
        }
        if (has(Role::given) && has(Role::family))
            std::replace(roles_.begin(), roles_.end(), Role::full_name, Role::ignored);
        if (!has(Role::given) && !has(Role::full_name))
            std::replace(roles_.begin(), roles_.end(), Role::middle, Role::given);
        if (has(Role::birth)) {
            std::replace(roles_.begin(), roles_.end(), Role::birth_year, Role::ignored);
            std::replace(roles_.begin(), roles_.end(), Role::birth_month, Role::ignored);
            std::replace(roles_.begin(), roles_.end(), Role::birth_day, Role::ignored);
        } else if (!has(Role::birth_year)) {
            // "birthday" alone is a date of birth.
            std::replace(roles_.begin(), roles_.end(), Role::birth_day, Role::birth);
        }
    }

    std::uint16_t source_number(std::string_view name) {
        if (name.empty()) return 0;
        const auto at = std::find(data_.sources.begin(), data_.sources.end(), name);
        if (at != data_.sources.end()) return static_cast<std::uint16_t>(at - data_.sources.begin());
        if (data_.sources.size() < 65535) data_.sources.emplace_back(name);
        return static_cast<std::uint16_t>(data_.sources.size() - 1);
    }

    // What some rows put into the columns, and the room in which a row is folded. Used again and again.
    struct Chunk {
        std::array<Stage, kColumns> columns;
        std::vector<Packed> packed;
        Stage id, source, truth, alias;
        std::string fault;
        struct {
            std::vector<std::string_view> cells;
            std::string quoted, given, middle, family, other_family, address, folded, alias;
        } scratch;
        void clear() {
            for (Stage& s : columns) s.clear();
            for (Stage* s : {&id, &source, &truth, &alias}) s->clear();
            packed.clear();
            fault.clear();
        }
    };
    static void put(Stage& stage, std::string_view text) {
        stage.rows.push_back({static_cast<std::uint32_t>(stage.text.size()),
                              static_cast<std::uint32_t>(text.size()), text.empty() ? 0 : hash_text(text)});
        stage.text += text;
    }

    static void add_words(std::string& text, std::string_view more) {
        if (more.empty()) return;
        if (!text.empty()) text += ' ';
        text += more;
    }

    void fold_row(std::size_t r, Chunk& out) const {
        auto& s = out.scratch;
        split_row(row(r), separator_, s.cells, s.quoted);
        if (s.cells.size() == 1 && s.cells[0].empty() && columns_ > 1) return;  // an empty line
        if (s.cells.size() > columns_) {
            out.fault =
                "Line " + std::to_string(r + 1) + " of " + name_ + " has more cells than there are headings.";
            return;
        }
        s.cells.resize(columns_);
        Packed p;
        PartialDate born, whole;
        for (std::string* text : {&s.given, &s.middle, &s.family, &s.other_family, &s.address, &s.alias})
            text->clear();
        std::array<std::string_view, kColumns> raw{};
        std::string_view id, source, truth, full;
        for (std::size_t c = 0; c < columns_; ++c) {
            const std::string_view cell = s.cells[c];
            if (cell.size() > kLargestCell) {
                out.fault = "A cell in line " + std::to_string(r + 1) + " of " + name_ +
                            " is over 64 KB long; is a quotation mark missing?";
                return;
            }
            switch (roles_[c]) {
                case Role::ignored:
                    break;
                case Role::id:
                    id = cell;
                    break;
                case Role::source:
                    source = cell;
                    break;
                case Role::truth:
                    truth = cell;
                    break;
                case Role::given:
                    add_words(s.given, cell);
                    break;
                case Role::middle:
                    add_words(s.middle, cell);
                    break;
                case Role::family:
                    s.family = cell;
                    break;
                case Role::full_name:
                    full = cell;
                    break;
                case Role::alias:
                    if (!cell.empty()) {
                        if (!s.alias.empty()) s.alias += ';';
                        s.alias += cell;
                    }
                    break;
                case Role::other_family:
                    s.other_family = cell;
                    break;
                case Role::birth:
                    whole = parse_partial_date(cell, date_order_);
                    break;
                case Role::birth_day:
                    born.day = small_number(cell);
                    break;
                case Role::birth_month:
                    born.month = small_number(cell);
                    break;
                case Role::birth_year:
                    born.year = parse_partial_date(cell).year;
                    break;
                case Role::sex:
                    p.sex = fold_sex(cell);
                    break;
                case Role::address:
                    add_words(s.address, cell);
                    break;
                case Role::postcode:
                    raw[static_cast<std::size_t>(C::postcode)] = cell;
                    break;
                case Role::town:
                    raw[static_cast<std::size_t>(C::town)] = cell;
                    break;
                case Role::nhs:
                    raw[static_cast<std::size_t>(C::nhs)] = cell;
                    break;
                case Role::upn:
                    raw[static_cast<std::size_t>(C::upn)] = cell;
                    break;
                case Role::other_id:
                    raw[static_cast<std::size_t>(C::other_id)] = cell;
                    break;
                case Role::phone:
                    raw[static_cast<std::size_t>(C::phone)] = cell;
                    break;
                case Role::email:
                    raw[static_cast<std::size_t>(C::email)] = cell;
                    break;
                case Role::other:
                    raw[static_cast<std::size_t>(C::other)] = cell;
                    break;
            }
        }
        if (!full.empty()) split_name(full, s.given, s.family);
        if (!s.other_family.empty()) {
            if (!s.alias.empty()) s.alias += ';';
            s.alias.append(s.other_family).append(", ").append(s.given);
        }
        p.birth = (whole.empty() ? born : whole).packed();
        const auto stage = [&](C c) -> Stage& { return out.columns[static_cast<std::size_t>(c)]; };
        // A column that the file does not have is not staged at all: intern() then finds no rows and leaves 0.
        const auto has_text = [&](C c) { return staged_[static_cast<std::size_t>(c)]; };
        if (has_text(C::given)) fold_given_name(s.given, s.folded), put(stage(C::given), s.folded);
        if (has_text(C::middle)) fold_text(s.middle, s.folded), put(stage(C::middle), s.folded);
        if (has_text(C::family)) fold_name(s.family, s.folded), put(stage(C::family), s.folded);
        const auto coded = [&](C c, auto valid, std::uint8_t flag) {
            if (!has_text(c)) return;
            fold_code(raw[static_cast<std::size_t>(c)], s.folded);
            if (!s.folded.empty() && valid(s.folded)) p.flags |= flag;
            put(stage(c), s.folded);
        };
        coded(C::postcode, valid_postcode, kPostcodeValid);
        coded(C::nhs, valid_nhs_number, kNhsValid);
        coded(C::upn, valid_upn, kUpnValid);
        coded(C::other_id, [](std::string_view) { return false; }, 0);
        if (has_text(C::address)) fold_text(s.address, s.folded), put(stage(C::address), s.folded);
        if (has_text(C::town))
            fold_text(raw[static_cast<std::size_t>(C::town)], s.folded), put(stage(C::town), s.folded);
        if (has_text(C::phone))
            fold_phone(raw[static_cast<std::size_t>(C::phone)], s.folded), put(stage(C::phone), s.folded);
        if (has_text(C::email))
            fold_email(raw[static_cast<std::size_t>(C::email)], s.folded), put(stage(C::email), s.folded);
        if (has_text(C::other))
            fold_text(raw[static_cast<std::size_t>(C::other)], s.folded), put(stage(C::other), s.folded);
        put(out.alias, s.alias);
        put(out.id, has_id_ ? id : std::string_view(s.folded = std::to_string(r)));
        put(out.source, source);
        put(out.truth, truth);
        out.packed.push_back(p);
    }

    static std::uint8_t small_number(std::string_view cell) {
        unsigned n = 0;
        for (char c : cell)
            if (c >= '0' && c <= '9' && n < 100)
                n = n * 10 + static_cast<unsigned>(c - '0');
            else
                return 0;
        return static_cast<std::uint8_t>(n < 100 ? n : 0);
    }

    // "Smith, Mary Ann" or "Mary Ann Smith".
    static void split_name(std::string_view full, std::string& given, std::string& family) {
        if (const auto comma = full.find(','); comma != std::string_view::npos) {
            family = trim(full.substr(0, comma));
            given = trim(full.substr(comma + 1));
            return;
        }
        const auto space = full.rfind(' ');
        family = full.substr(space == std::string_view::npos ? 0 : space + 1);
        given = space == std::string_view::npos ? std::string_view{} : full.substr(0, space);
    }

    // While some rows are folded, those before them are put into the tables. A table is filled by one thread at a
    // time and in the order of the rows: names, which are most, with the other names; then all the rest.
    base::Result<> read_rows(std::size_t rows) {
        has_id_ = has(Role::id);
        find_staged();
        const std::size_t count = (rows + kRowsOfAChunk - 1) / kRowsOfAChunk;
        std::vector<Chunk> chunks(3 * static_cast<std::size_t>(tbb::this_task_arena::max_concurrency()));
        std::size_t next = 0;
        std::atomic<bool> faulty = false;
        std::string fault;
        const auto deal = [&](tbb::flow_control& control) {
            if (next == count || faulty) control.stop();
            return next++;
        };
        const auto fold = [&](std::size_t k) {
            Chunk& chunk = chunks[k % chunks.size()];
            chunk.clear();
            const std::size_t from = 1 + k * kRowsOfAChunk, to = std::min(from + kRowsOfAChunk, rows + 1);
            for (std::size_t r = from; r < to && chunk.fault.empty(); ++r) fold_row(r, chunk);
            return &chunk;
        };
        const auto intern_names = [&](Chunk* chunk) {
            for (const auto c : {C::given, C::middle, C::family}) intern(c, *chunk);
            for (std::size_t i = 0; i < chunk->packed.size(); ++i)
                if (chunk->alias.rows[i].size != 0)
                    chunk->packed[i].aliases = data_.population.intern_aliases(chunk->alias.row(i));
            return chunk;
        };
        const auto intern_rest = [&](Chunk* chunk) {
            if (!chunk->fault.empty()) faulty = true;
            if (fault.empty()) fault = chunk->fault;
            for (std::size_t c = 0; c < kColumns; ++c)
                if (!is_name(static_cast<C>(c))) intern(static_cast<C>(c), *chunk);
            keep(*chunk);
        };
        using tbb::filter_mode;
        tbb::parallel_pipeline(chunks.size(),
                               tbb::make_filter<void, std::size_t>(filter_mode::serial_in_order, deal) &
                                   tbb::make_filter<std::size_t, Chunk*>(filter_mode::parallel, fold) &
                                   tbb::make_filter<Chunk*, Chunk*>(filter_mode::serial_in_order, intern_names) &
                                   tbb::make_filter<Chunk*, void>(filter_mode::serial_in_order, intern_rest));
        if (!fault.empty()) return base::invalid(fault);
        return base::done();
    }

    void find_staged() {
        const auto set = [&](C c, bool there) { staged_[static_cast<std::size_t>(c)] = there; };
        set(C::given, has(Role::given) || has(Role::full_name));
        set(C::middle, has(Role::middle));
        set(C::family, has(Role::family) || has(Role::full_name));
        set(C::postcode, has(Role::postcode));
        set(C::address, has(Role::address));
        set(C::town, has(Role::town));
        set(C::nhs, has(Role::nhs));
        set(C::upn, has(Role::upn));
        set(C::other_id, has(Role::other_id));
        set(C::phone, has(Role::phone));
        set(C::email, has(Role::email));
        set(C::other, has(Role::other));
    }

    void intern(C column, Chunk& chunk) {
        Texts& table = data_.population.texts(column);
        const Stage& stage = chunk.columns[static_cast<std::size_t>(column)];
        for (std::size_t i = 0; i < stage.rows.size(); ++i) {
            if (i + 16 < stage.rows.size()) table.prefetch_slot(stage.rows[i + 16].hash);
            if (i + 8 < stage.rows.size()) table.prefetch_entry(stage.rows[i + 8].hash);
            if (stage.rows[i].size != 0) chunk.packed[i][column] = table.intern(stage.row(i), stage.rows[i].hash);
        }
    }

    void keep(Chunk& chunk) {
        for (std::size_t i = 0; i < chunk.packed.size(); ++i) {
            Packed p = chunk.packed[i];
            p.source = has(Role::source) ? source_number(chunk.source.row(i)) : file_source_;
            const std::string_view id = chunk.id.row(i);
            starts_of_id_.push_back(data_.id_text_.size());
            size_of_id_.push_back(static_cast<std::uint32_t>(id.size()));
            data_.id_text_ += id;
            if (has_truth_) truth_.push_back(truths_.intern(chunk.truth.row(i)));
            source_of_.push_back(p.source);
            packed_.push_back(p);
        }
    }

    static constexpr std::uint32_t kNone = ~0U;
    const LoadOptions& options_;
    Dataset data_;
    std::pmr::vector<Packed> packed_;
    std::vector<std::uint16_t> source_of_;  // of each record once more, for records are compared in any order
    std::pmr::vector<std::uint64_t> starts_of_id_;
    std::pmr::vector<std::uint32_t> size_of_id_;
    std::vector<std::uint32_t> truth_;
    Texts truths_;
    bool has_truth_ = false, has_id_ = false;
    std::array<bool, kColumns> staged_{};  // by Column: does this file have it?
    std::string name_;
    std::string_view text_;
    const std::vector<std::size_t>* starts_ = nullptr;
    char separator_ = ',';
    std::size_t columns_ = 0;
    std::vector<Role> roles_;
    std::uint16_t file_source_ = 0;
    DateOrder date_order_ = DateOrder::day_first;  // of this file
};

base::Result<Dataset> Dataset::load(const std::vector<std::string>& files, const LoadOptions& options) {
    Loader loader(options);
    for (const std::string& file : files) {
        const Mapped mapped(file, options.disk);
        if (!mapped.readable()) return base::not_found("The file " + file + " cannot be read.");
        if (auto added = loader.add(file, mapped.text(), files.size() > 1); !added) return added.error();
    }
    return loader.finish();
}

base::Result<Dataset> Dataset::parse(const std::vector<std::pair<std::string, std::string_view>>& texts,
                                     const LoadOptions& options) {
    Loader loader(options);
    for (const auto& [name, text] : texts)
        if (auto added = loader.add(name, text, texts.size() > 1); !added) return added.error();
    return loader.finish();
}

std::string_view Dataset::id(std::uint32_t record) const {
    return {id_text_.data() + id_starts_[record], id_ends_[record]};
}

std::string Dataset::label(std::uint32_t record) const {
    return ids_unique_ ? std::string(id(record))
                       : sources[population[record].source] + "/" + std::string(id(record));
}

std::uint32_t Dataset::find(std::string_view wanted) const {
    for (std::uint32_t i = 0; i < size(); ++i)
        if (wanted.ends_with(id(i)) && label(i) == wanted) return i;
    return static_cast<std::uint32_t>(size());
}

}  // namespace rowan::linkage
