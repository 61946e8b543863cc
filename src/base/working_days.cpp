#include "base/working_days.h"

#include <algorithm>
#include <array>
#include <stdexcept>

namespace rowan::base {

namespace {

using namespace std::chrono;

struct Exception {
    Date date;
    bool holiday;  // false: the rule says holiday, but that year it moved away
};

// Royal proclamations (DOMAIN.md 2.15).
constexpr std::array<Exception, 11> kExceptions = {{
    {2011y / April / 29, true},  // royal wedding
    {2012y / May / 28, false},   // spring holiday moved to 4 June
    {2012y / June / 4, true},
    {2012y / June / 5, true},  // Diamond Jubilee
    {2020y / May / 4, false},  // early May moved to the 75th VE day
    {2020y / May / 8, true},
    {2022y / May / 30, false},  // spring holiday moved to 2 June
    {2022y / June / 2, true},
    {2022y / June / 3, true},        // Platinum Jubilee
    {2022y / September / 19, true},  // state funeral of Queen Elizabeth II
    {2023y / May / 8, true},         // coronation of King Charles III
}};

// The anonymous Gregorian rule (Meeus/Jones/Butcher).
sys_days easter_sunday(int y) {
    int a = y % 19, b = y / 100, c = y % 100, d = b / 4, e = b % 4, f = (b + 8) / 25, g = (b - f + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30, i = c / 4, k = c % 4, l = (32 + 2 * e + 2 * i - h - k) % 7;
    int m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
    return sys_days{Date{year{y}, month{static_cast<unsigned>(n / 31)}, day{static_cast<unsigned>(n % 31 + 1)}}};
}

bool is_weekend(sys_days d) {
    weekday w{d};
    return w == Saturday || w == Sunday;
}

sys_days monday_after(sys_days d) {
    while (weekday{d} != Monday) d += days{1};
    return d;
}

// The rule alone: eight holidays a year.
std::array<sys_days, 8> by_rule(int number) {
    year y{number};
    sys_days new_year{y / January / 1}, easter = easter_sunday(number);
    sys_days christmas{y / December / 25}, boxing{y / December / 26};
    if (is_weekend(new_year)) new_year = monday_after(new_year);
    // Saturday and Sunday: 27 and 28. Sunday and Monday: 26 and 27. Boxing Day on Saturday: Monday 28.
    if (weekday{christmas} == Saturday) {
        christmas += days{2};
        boxing += days{2};
    } else if (weekday{christmas} == Sunday) {
        christmas += days{2};
    } else if (weekday{boxing} == Saturday) {
        boxing += days{2};
    }
    return {new_year,
            easter - days{2},
            easter + days{1},
            sys_days{y / May / Monday[1]},
            sys_days{y / May / Monday[last]},
            sys_days{y / August / Monday[last]},
            christmas,
            boxing};
}

}  // namespace

WorkingDays::WorkingDays(std::vector<Date> extra_holidays) : extra_(std::move(extra_holidays)) {
    std::sort(extra_.begin(), extra_.end());
    extra_.erase(std::unique(extra_.begin(), extra_.end()), extra_.end());
}

bool WorkingDays::is_bank_holiday(Date d) const {
    if (std::binary_search(extra_.begin(), extra_.end(), d)) return true;
    auto exception = std::find_if(kExceptions.begin(), kExceptions.end(), [&](auto& e) { return e.date == d; });
    if (exception != kExceptions.end()) return exception->holiday;
    auto rule = by_rule(static_cast<int>(d.year()));
    return std::find(rule.begin(), rule.end(), sys_days{d}) != rule.end();
}

bool WorkingDays::is_working_day(Date d) const { return !is_weekend(sys_days{d}) && !is_bank_holiday(d); }

Date WorkingDays::add(Date from, int n) const {
    if (n < 1) throw std::invalid_argument("WorkingDays::add counts from 1");
    sys_days d{from};
    while (n > 0) {
        d += days{1};
        if (is_working_day(Date{d})) --n;
    }
    return Date{d};
}

int WorkingDays::between(Date from, Date to) const {
    sys_days first{from}, last_day{to};
    if (last_day <= first) return 0;
    int span = static_cast<int>((last_day - first).count()), count = span / 7 * 5;
    for (sys_days d = last_day - days{span % 7 - 1}; d <= last_day; d += days{1}) {
        if (!is_weekend(d)) ++count;
    }
    for (int y = static_cast<int>(from.year()); y <= static_cast<int>(to.year()); ++y) {
        for (Date holiday : bank_holidays(y)) {
            if (holiday > from && holiday <= to && !is_weekend(sys_days{holiday})) --count;
        }
    }
    return count;
}

std::vector<Date> WorkingDays::bank_holidays(int number) const {
    std::vector<Date> all;
    for (sys_days d : by_rule(number)) all.emplace_back(d);
    for (const Exception& e : kExceptions) {
        if (e.date.year() != year{number}) continue;
        if (e.holiday)
            all.push_back(e.date);
        else
            std::erase(all, e.date);
    }
    for (Date d : extra_) {
        if (d.year() == year{number}) all.push_back(d);
    }
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

}  // namespace rowan::base
