// Bank holidays and working days of England and Wales.
//
// Holidays follow the rule as it stands since 1978 (Banking and Financial Dealings Act 1971, common law) with
// dated exceptions in one table (DOMAIN.md 2.15); a partnership may add one-offs of its own. The day after the
// trigger is day 1; due is the N-th working day. Thread-safety: const member functions may be called from any
// thread.
#pragma once
#include "base/time.h"

#include <vector>

namespace rowan::base {

class WorkingDays {
public:
    explicit WorkingDays(std::vector<Date> extra_holidays = {});

    bool is_bank_holiday(Date) const;
    bool is_working_day(Date) const;
    // The n-th working day after `from` (n >= 1). from itself never counts.
    Date add(Date from, int n) const;
    // Working days after `from` up to and including `to`; 0 when to <= from.
    int between(Date from, Date to) const;
    std::vector<Date> bank_holidays(int year) const;

private:
    std::vector<Date> extra_;
};

}  // namespace rowan::base
