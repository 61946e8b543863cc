// Instants, dates and clocks.
//
// Instants are UTC to the millisecond and are stored as milliseconds since 1970; people see Europe/London.
// A pure date has no zone. 72-hour clocks add elapsed hours to an instant; statutory clocks count working days
// (working_days.h). Nothing in Rowan asks the operating system for the time except SystemClock: everything else
// is given a Clock, so tests and the demo can set it.
// Thread-safety: all functions are pure; Clock::now() may be called from any thread.
#pragma once
#include <chrono>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rowan::base {

using Instant = std::chrono::sys_time<std::chrono::milliseconds>;
using Date = std::chrono::year_month_day;

class Clock {
public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
public:
    Instant now() const override;
};

// A clock that starts where it is told and, unless frozen, runs on from there. `--clock` and tests.
class TestClock final : public Clock {
public:
    explicit TestClock(Instant start, bool frozen = true);
    Instant now() const override;
    void set(Instant to);
    void advance(std::chrono::milliseconds by);

private:
    std::atomic<std::int64_t> offset_ms_;  // frozen: the instant itself; running: added to the system clock
    bool frozen_;
};

inline std::int64_t to_millis(Instant t) { return t.time_since_epoch().count(); }
inline Instant from_millis(std::int64_t ms) { return Instant{std::chrono::milliseconds{ms}}; }

// The wall clock of Europe/London.
struct LocalTime {
    Date date;
    int hour = 0, minute = 0, second = 0;
    bool summer_time = false;
};
LocalTime london(Instant);
Date london_date(Instant);
// A local time that the spring change skips becomes the first instant after it; one that the autumn change
// repeats becomes the earlier of the two.
Instant from_london(Date, int hour = 0, int minute = 0, int second = 0);

// "2018-03-26T18:00:00.000Z" and "2018-03-26"; parsing accepts exactly these (seconds and milliseconds optional).
std::string to_iso(Instant);
std::string to_iso(Date);
std::optional<Instant> parse_instant(std::string_view);
std::optional<Date> parse_iso_date(std::string_view);

// For people: "26 March 2018", "26 March 2018 at 7:00pm" (GOV.UK style), "Monday 26 March 2018".
std::string display(Date);
std::string display(Instant);
std::string display_weekday(Date);

// Whole years on `on`. A person born on 29 February is a year older on 1 March in common years.
int age_on(Date born, Date on);
// Same day number `months` later; the last day of that month if there is none (30 Nov + 3 = 28/29 Feb).
Date add_months(Date, int months);
Date add_days(Date, int days);
int days_between(Date from, Date to);

}  // namespace rowan::base
