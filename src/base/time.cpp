#include "base/time.h"

#include <date/tz.h>

#include <array>
#include <cstdio>

namespace rowan::base {

namespace {

using std::chrono::days;
using std::chrono::milliseconds;
using std::chrono::sys_days;

const date::time_zone& london_zone() {
    static const date::time_zone* zone = date::locate_zone("Europe/London");
    return *zone;
}

constexpr std::array<const char*, 12> kMonths = {"January",   "February", "March",    "April",
                                                 "May",       "June",     "July",     "August",
                                                 "September", "October",  "November", "December"};
constexpr std::array<const char*, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                  "Thursday", "Friday", "Saturday"};

int year_of(Date d) { return static_cast<int>(d.year()); }
unsigned month_of(Date d) { return static_cast<unsigned>(d.month()); }
unsigned day_of(Date d) { return static_cast<unsigned>(d.day()); }

template <class... Args>
std::string print(const char* format, Args... args) {
    std::array<char, 64> buffer;
    int n = std::snprintf(buffer.data(), buffer.size(), format, args...);
    return {buffer.data(), static_cast<std::size_t>(n)};
}

// Reads exactly `width` digits at `at`; -1 when they are not there.
int digits(std::string_view text, std::size_t at, std::size_t width) {
    if (text.size() < at + width) return -1;
    int value = 0;
    for (std::size_t i = at; i < at + width; ++i) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool has(std::string_view text, std::size_t at, char c) { return at < text.size() && text[at] == c; }

}  // namespace

Instant SystemClock::now() const {
    return std::chrono::time_point_cast<milliseconds>(std::chrono::system_clock::now());
}

TestClock::TestClock(Instant start, bool frozen)
    : offset_ms_(frozen ? to_millis(start) : to_millis(start) - to_millis(SystemClock{}.now())), frozen_(frozen) {}

Instant TestClock::now() const {
    std::int64_t ms = offset_ms_.load();
    return from_millis(frozen_ ? ms : ms + to_millis(SystemClock{}.now()));
}

void TestClock::set(Instant to) {
    offset_ms_.store(frozen_ ? to_millis(to) : to_millis(to) - to_millis(SystemClock{}.now()));
}

void TestClock::advance(milliseconds by) { offset_ms_.fetch_add(by.count()); }

LocalTime london(Instant t) {
    date::sys_info info = london_zone().get_info(date::floor<std::chrono::seconds>(t));
    Instant local = t + info.offset;
    sys_days day = std::chrono::floor<days>(local);
    std::chrono::hh_mm_ss<milliseconds> clock{local - day};
    return {Date{day}, static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
            static_cast<int>(clock.seconds().count()), info.save != std::chrono::minutes{0}};
}

Date london_date(Instant t) { return london(t).date; }

Instant from_london(Date d, int hour, int minute, int second) {
    auto since_1970 = sys_days{d}.time_since_epoch() + std::chrono::hours{hour} + std::chrono::minutes{minute} +
                      std::chrono::seconds{second};
    date::local_seconds local{std::chrono::duration_cast<std::chrono::seconds>(since_1970)};
    // choose::earliest: the first of two; for a skipped time, the instant of the change itself.
    return Instant{std::chrono::duration_cast<milliseconds>(
        london_zone().to_sys(local, date::choose::earliest).time_since_epoch())};
}

std::string to_iso(Instant t) {
    sys_days day = std::chrono::floor<days>(t);
    std::chrono::hh_mm_ss<milliseconds> clock{t - day};
    return to_iso(Date{day}) + print("T%02d:%02d:%02d.%03dZ", static_cast<int>(clock.hours().count()),
                                     static_cast<int>(clock.minutes().count()),
                                     static_cast<int>(clock.seconds().count()),
                                     static_cast<int>(clock.subseconds().count()));
}

std::string to_iso(Date d) { return print("%04d-%02u-%02u", year_of(d), month_of(d), day_of(d)); }

std::optional<Date> parse_iso_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
    int y = digits(text, 0, 4), m = digits(text, 5, 2), d = digits(text, 8, 2);
    if (y < 0 || m < 0 || d < 0) return std::nullopt;
    Date date{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
              std::chrono::day{static_cast<unsigned>(d)}};
    if (!date.ok()) return std::nullopt;
    return date;
}

std::optional<Instant> parse_instant(std::string_view text) {
    if (text.size() < 17 || text[10] != 'T' || text[13] != ':' || text.back() != 'Z') return std::nullopt;
    auto date = parse_iso_date(text.substr(0, 10));
    int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = 0, ms = 0;
    std::size_t end = 16;
    if (has(text, end, ':')) {
        second = digits(text, 17, 2);
        end = 19;
        if (has(text, end, '.')) {
            ms = digits(text, 20, 3);
            end = 23;
        }
    }
    bool in_range = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60 && ms >= 0;
    if (!date || !in_range || text.size() != end + 1) return std::nullopt;
    return Instant{sys_days{*date}} + std::chrono::hours{hour} + std::chrono::minutes{minute} +
           std::chrono::seconds{second} + milliseconds{ms};
}

std::string display(Date d) { return print("%u %s %d", day_of(d), kMonths.at(month_of(d) - 1), year_of(d)); }

std::string display(Instant t) {
    LocalTime local = london(t);
    int hour = local.hour % 12 == 0 ? 12 : local.hour % 12;
    return display(local.date) + print(" at %d:%02d%s", hour, local.minute, local.hour < 12 ? "am" : "pm");
}

std::string display_weekday(Date d) {
    return kWeekdays.at(std::chrono::weekday{sys_days{d}}.c_encoding()) + (" " + display(d));
}

int age_on(Date born, Date on) {
    bool before_birthday = on.month() < born.month() || (on.month() == born.month() && on.day() < born.day());
    return year_of(on) - year_of(born) - (before_birthday ? 1 : 0);
}

Date add_months(Date d, int months) {
    auto month = std::chrono::year_month{d.year(), d.month()} + std::chrono::months{months};
    Date same_day = month / d.day();
    return same_day.ok() ? same_day : Date{month / std::chrono::last};
}

Date add_days(Date d, int n) { return Date{sys_days{d} + days{n}}; }

int days_between(Date from, Date to) { return static_cast<int>((sys_days{to} - sys_days{from}).count()); }

}  // namespace rowan::base
