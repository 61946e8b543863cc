#include "insight/missing_lines.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstring>
#include <memory_resource>

namespace rowan::insight {

namespace {

using base::Instant;
using database::Row;
template <class What>
using ById = boost::unordered_flat_map<std::string_view, What>;

// The ids of one reading, kept together until it is over: a year has some hundred thousand, and making and freeing
// a string for each took a tenth of its time.
class Ids {
public:
    std::string_view keep(std::string_view id) {
        if (id.empty()) return {};
        auto* bytes = static_cast<char*>(bytes_.allocate(id.size(), 1));
        std::memcpy(bytes, id.data(), id.size());
        return {bytes, id.size()};
    }

private:
    std::pmr::monotonic_buffer_resource bytes_;
};

// Each id's number, counted from 0.
class Numbers {
public:
    explicit Numbers(Ids& ids) : ids_(ids) {}
    std::pair<std::string_view, std::uint32_t> of(std::string_view id) {
        auto found = all_.find(id);
        if (found == all_.end())
            found = all_.emplace(ids_.keep(id), static_cast<std::uint32_t>(all_.size())).first;
        return *found;
    }

private:
    Ids& ids_;
    ById<std::uint32_t> all_;
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
template <std::string MissingLine::* field>
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
    Interviews(database::Session& s, const Window& window, Ids& ids) {
        Numbers numbers(ids);
        s.stream(
            kInterviews,
            [&](const Row& row) {
                const auto [id, number] = numbers.of(row.text(2));
                all_.push_back({number, id, ids.keep(row.text(1)), ids.keep(row.text(3)), row.instant(0),
                                row.maybe_instant(4), row.maybe_instant(5), row.maybe_instant(6),
                                row.maybe_instant(7)});
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
ById<std::string_view> merged_people(database::Session& s, Ids& ids) {
    ById<std::string_view> out;
    s.stream("SELECT id, root FROM person WHERE root <> id",
             [&](const Row& row) { out.emplace(ids.keep(row.text(0)), ids.keep(row.text(1))); });
    return out;
}

}  // namespace

void each_missing_line(database::Session& s, Reading reading, const Period& period, const Without& without,
                       const std::function<void(const MissingLine&)>& take) {
    const Window window(period);
    Ids ids;
    const auto merged = merged_people(s, ids);
    const auto columns = columns_for(reading);
    Interviews interviews(s, window, ids);
    Numbers children(ids);
    Days days;
    MissingLine l;
    s.stream(episodes_of(window, columns), [&](const Row& row) {
        for (std::size_t i = 0; i < columns.size(); ++i) columns[i]->take(row, static_cast<int>(i), l);
        if (const auto other = merged.find(l.root); other != merged.end()) l.root = other->second;
        if (without.contains(l.root)) return;
        l.interviews = interviews.about(l);
        add_interviews(l);
        l.day = days.of(l.from);
        l.child = children.of(l.root).second;
        take(l);
    });
}

const std::string& known_area(const partnership::Scheme& scheme, const std::string& code) {
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

Tally EpisodeCount::between(int least, int most) const {
    Tally out;
    for (const int n : times_)
        if (n > 0 && n >= least && n <= most) {
            out.episodes += n;
            ++out.children;
        }
    return out;
}

}  // namespace rowan::insight
