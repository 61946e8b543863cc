#include "insight/missing_lines.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstring>
#include <memory_resource>

namespace rowan::insight {

namespace {

using base::Instant;
using database::Row;
// An id with its text in it: to follow a pointer to each of some hundred thousand took a tenth of a year's time.
class Id {
public:
    explicit Id(std::string_view text) {
        if (text.size() > sizeof text_) throw std::logic_error("longer than an id is");
        std::memcpy(text_, text.data(), text.size());
    }
    std::string_view text() const { return {text_, strnlen(text_, sizeof text_)}; }
    bool operator==(const Id&) const = default;
    // Ids are random: a part tells them apart as well as the whole does.
    friend std::size_t hash_value(const Id& id) {
        std::uint64_t part = 0;
        std::memcpy(&part, id.text_, sizeof part);
        return part;
    }

private:
    char text_[32] = {};  // of 26 (base/id.h)
};
template <class What>
using ById = boost::unordered_flat_map<Id, What>;

// Each id's number, counted from 0.
class Numbers {
public:
    std::uint32_t of(std::string_view id) {
        return all_.try_emplace(Id(id), static_cast<std::uint32_t>(all_.size())).first->second;
    }

private:
    ById<std::uint32_t> all_;
};

// The texts of one reading, kept together until it is over: making and freeing a string for each took as long
// again.
class Texts {
public:
    std::string_view keep(std::string_view text) {
        if (text.empty()) return {};
        auto* bytes = static_cast<char*>(bytes_.allocate(text.size(), 1));
        std::memcpy(bytes, text.data(), text.size());
        return {bytes, text.size()};
    }

private:
    std::pmr::monotonic_buffer_resource bytes_;
};

constexpr unsigned bit(Reading reading) { return 1U << static_cast<unsigned>(reading); }
constexpr unsigned kList = bit(Reading::list), kTables = bit(Reading::tables) | kList,
                   kGaps = bit(Reading::gaps) | kList, kQuestions = bit(Reading::questions) | kList,
                   kEach = kTables | kGaps | kQuestions;

struct Column {
    database::Sql name;
    unsigned readings;  // that need it
    void (*take)(const Row&, int, MissingLine&);
};
template <std::string_view MissingLine::* field>
void text(const Row& row, int at, MissingLine& l) {
    l.*field = row.text(at);
}
template <std::optional<Instant> MissingLine::* field>
void instant(const Row& row, int at, MissingLine& l) {
    l.*field = row.maybe_instant(at);
}
constexpr Column kColumns[] = {
    {"person", kEach, text<&MissingLine::root>},
    {", id", kEach, text<&MissingLine::id>},
    {", ref", kList, text<&MissingLine::ref>},
    {", kind", kEach, text<&MissingLine::kind>},
    {", context", kTables, text<&MissingLine::context>},
    {", home_area", kTables | kGaps, text<&MissingLine::home>},
    {", placement_area", kEach, text<&MissingLine::placement>},
    {", responsible_la", kTables | kQuestions, text<&MissingLine::la>},
    {", placement_home", kTables, text<&MissingLine::placement_home>},
    {", found_place", kTables, text<&MissingLine::found_place>},
    {", risk", kGaps | kQuestions, text<&MissingLine::risk>},
    {", harm", kGaps | kQuestions, text<&MissingLine::harm>},
    {", found_at", kTables | kQuestions, instant<&MissingLine::found>},
    {", returned_at", kEach, instant<&MissingLine::returned>},
    {", confirmed_at", kEach, instant<&MissingLine::confirmed>},
    {", safe_and_well_at", kGaps, instant<&MissingLine::checked>},
    {", looked_after", kEach, [](const Row& row, int at, MissingLine& l) { l.looked_after = row.boolean(at); }},
    {", missing_from", kEach, [](const Row& row, int at, MissingLine& l) { l.from = row.instant(at); }},
    {", age_at", kGaps | kQuestions,
     [](const Row& row, int at, MissingLine& l) {
         const auto age = row.maybe_integer(at);
         l.age = age ? std::optional{static_cast<int>(*age)} : std::nullopt;
     }},
};

std::vector<const Column*> columns_for(Reading reading) {
    std::vector<const Column*> out;
    for (const auto& column : kColumns)
        if (column.readings & bit(reading)) out.push_back(&column);
    return out;
}

database::Statement episodes_of(const Window& window, const std::vector<const Column*>& columns) {
    database::Statement out("SELECT ");
    for (const auto* column : columns) out.add(column->name);
    return out.add(
        " FROM missing_episode WHERE missing_from >= ? AND missing_from < ? AND withdrawn_at IS NULL "
        "ORDER BY missing_from, id",
        window.from, window.until);
}

constexpr database::Sql kInterviews =
    "SELECT missing_from, episode, interview, response, first_offered_at, parent_offered_at, offered_at, "
    "completed_at FROM interview_episode WHERE missing_from >= $1 AND missing_from < $2 "
    "ORDER BY missing_from, episode, interview";

// All interviews about the episodes of a window, each run of them beside its episode when both are read in the
// order in which episodes began.
class Interviews {
public:
    Interviews(database::Session& s, const Window& window) {
        Numbers numbers;
        s.stream(
            kInterviews,
            [&](const Row& row) {
                all_.push_back({numbers.of(row.text(2)), texts_.keep(row.text(2)), texts_.keep(row.text(1)),
                                texts_.keep(row.text(3)), row.instant(0), row.maybe_instant(4),
                                row.maybe_instant(5), row.maybe_instant(6), row.maybe_instant(7)});
            },
            window.from, window.until);
    }
    // Episodes are asked about in the order in which they began.
    std::span<const LineInterview> about(const MissingLine& l) {
        while (at_ < all_.size() && all_[at_].missing_from < l.from) ++at_;
        // Those that began at one instant are looked through: how two ids compare is the engine's own affair.
        auto first = at_;
        while (is_at(first, l.from) && all_[first].episode != l.id) ++first;
        auto last = first;
        while (is_at(last, l.from) && all_[last].episode == l.id) ++last;
        return std::span(all_).subspan(first, last - first);
    }

private:
    bool is_at(std::size_t i, Instant from) const { return i < all_.size() && all_[i].missing_from == from; }

    Texts texts_;
    std::vector<LineInterview> all_;
    std::size_t at_ = 0;
};

void add_interviews(MissingLine& l) {
    l.offered.reset();
    l.completed.reset();
    l.accepted = l.declined = l.no_response = l.parents_asked = false;
    const auto earlier = [](std::optional<Instant>& into, std::optional<Instant> at) {
        if (at && (!into || *at < *into)) into = at;
    };
    for (const auto& i : l.interviews) {
        l.accepted |= i.response == "accepted";
        l.declined |= i.response == "declined";
        l.no_response |= i.response == "no_response";
        l.parents_asked |= i.parents_asked.has_value();
        earlier(l.offered, i.offered);
        earlier(l.completed, i.completed);
    }
    l.declined &= !l.accepted;
    l.no_response &= !l.accepted && !l.declined;
}

// The days of instants that mostly come one after the other.
class Days {
public:
    base::Date of(Instant at) {
        if (at < from_ || at >= until_) {
            day_ = base::london_date(at);
            from_ = base::from_london(day_);
            until_ = base::from_london(base::add_days(day_, 1));
        }
        return day_;
    }

private:
    base::Date day_;
    Instant from_{}, until_{};
};

// Whom a person was found to be, where that is another: read once instead of looked up for each episode.
ById<Id> merged_people(database::Session& s) {
    ById<Id> out;
    s.stream("SELECT id, root FROM person WHERE root <> id",
             [&](const Row& row) { out.emplace(Id(row.text(0)), Id(row.text(1))); });
    return out;
}

}  // namespace

void each_missing_line(database::Session& s, Reading reading, const Period& period, const Without& without,
                       const std::function<void(const MissingLine&)>& take) {
    const Window window(period);
    const auto merged = merged_people(s);
    const auto columns = columns_for(reading);
    Interviews interviews(s, window);
    Numbers children;
    Days days;
    MissingLine l;
    s.stream(episodes_of(window, columns), [&](const Row& row) {
        for (std::size_t i = 0; i < columns.size(); ++i) columns[i]->take(row, static_cast<int>(i), l);
        if (const auto other = merged.find(Id(l.root)); other != merged.end()) l.root = other->second.text();
        if (!without.empty() && without.contains(std::string(l.root))) return;
        l.interviews = interviews.about(l);
        add_interviews(l);
        l.day = days.of(l.from);
        l.child = children.of(l.root);
        take(l);
    });
}

const std::string& known_area(const partnership::Scheme& scheme, std::string_view code) {
    const auto* area = scheme.find_area(code);
    return area ? area->code : scheme.area_of(base::Postcode{}).code;
}

std::optional<ReturnOutcome> outcome_of(const partnership::Scheme& scheme, const MissingLine& l, Instant until) {
    const auto back = l.back();
    if (!back || *back >= until) return std::nullopt;
    const auto& rules = scheme.parameters_on(l.day);
    const auto confirmed = l.confirmed ? *l.confirmed : *back;
    const auto offer_from = rules.rhi_offer_clock == partnership::RhiClock::police_confirmed ? confirmed : *back;
    const auto complete_from = rules.rhi_complete_clock == partnership::RhiClock::returned ? *back : confirmed;
    const auto within = [](std::optional<Instant> at, Instant from, int hours) {
        return at && *at - from <= std::chrono::hours{hours};
    };
    return ReturnOutcome{.offered = l.offered.has_value(),
                         .offered_in_time = within(l.offered, offer_from, rules.rhi_offer_hours),
                         .completed = l.completed.has_value(),
                         .completed_in_time = within(l.completed, complete_from, rules.rhi_complete_hours)};
}

Tally EpisodesOfEach::between(int least, int most) const {
    Tally out;
    for (const int n : times_)
        if (n > 0 && n >= least && n <= most) {
            out.episodes += n;
            ++out.children;
        }
    return out;
}

}  // namespace rowan::insight
