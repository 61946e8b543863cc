// The whole-number parameters of a scheme, once: name in TOML, member, and the range that makes sense.
// Used by the reader and the checker of schemes only. Thread-safety: constants.
#pragma once
#include "partnership/scheme.h"

namespace rowan::partnership {

struct ParameterField {
    std::string_view name;
    int Parameters::* member;
    int least, most;
};
inline constexpr ParameterField kParameterFields[] = {
    {"referral_decision_working_days", &Parameters::referral_decision_working_days, 1, 20},
    {"assessment_working_days", &Parameters::assessment_working_days, 1, 120},
    {"icpc_working_days", &Parameters::icpc_working_days, 1, 60},
    {"core_group_working_days", &Parameters::core_group_working_days, 1, 60},
    {"cp_review_first_months", &Parameters::cp_review_first_months, 1, 12},
    {"cp_review_next_months", &Parameters::cp_review_next_months, 1, 12},
    {"pre_cmog_working_days", &Parameters::pre_cmog_working_days, 0, 20},
    {"cmog_nth", &Parameters::cmog_nth, 1, 4},
    {"mase_review_months", &Parameters::mase_review_months, 1, 3},  // H-152: no later than 3
    {"steering_months", &Parameters::steering_months, 1, 12},
    {"action_update_lead_days", &Parameters::action_update_lead_days, 0, 28},
    {"risk_reassess_months", &Parameters::risk_reassess_months, 1, 12},
    {"rhi_offer_hours", &Parameters::rhi_offer_hours, 1, 336},
    {"rhi_complete_hours", &Parameters::rhi_complete_hours, 1, 336},
    {"rhi_soon_hours", &Parameters::rhi_soon_hours, 1, 336},
    {"repeat_missing_count", &Parameters::repeat_missing_count, 2, 20},
    {"repeat_missing_days", &Parameters::repeat_missing_days, 1, 366},
    {"u12_age", &Parameters::u12_age, 1, 18},
    {"child_age", &Parameters::child_age, 18, 18},  // S-028: the law's, not the partnership's
    {"young_adult_from_age", &Parameters::young_adult_from_age, 16, 18},
    {"young_adult_to_age", &Parameters::young_adult_to_age, 18, 30},
    {"transition_age_months", &Parameters::transition_age_months, 168, 216},
    {"small_number_threshold", &Parameters::small_number_threshold, 2, 20},
    {"intel_review_days", &Parameters::intel_review_days, 1, 366},
    {"nrm_reasonable_grounds_working_days", &Parameters::nrm_reasonable_grounds_working_days, 1, 60},
    {"nrm_recovery_days", &Parameters::nrm_recovery_days, 30, 120},
    {"u12_referral_window_days", &Parameters::u12_referral_window_days, 1, 366},
    {"rereferral_months", &Parameters::rereferral_months, 1, 36},
    {"problem_profile_months", &Parameters::problem_profile_months, 1, 36},
    {"subject_access_months", &Parameters::subject_access_months, 1, 1},
    {"subject_access_extension_months", &Parameters::subject_access_extension_months, 0, 2},
};

}  // namespace rowan::partnership
