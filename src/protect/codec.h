// Records to and from the JSON that is sealed and kept in history. Thread-safety: pure functions.
// Errors: text that is not what was written is damage: std::runtime_error.
#pragma once
#include "protect/decision.h"
#include "protect/draft.h"
#include "protect/missing/return_interview.h"
#include "protect/referral.h"
#include "protect/screening.h"

#include <string>
#include <string_view>

namespace rowan::protect::codec {

std::string write(const Referral&);
std::string write(const ReferralWords&);
std::string write(const Decision&);
std::string write(const DecisionWords&);
std::string write(const Screening&);
std::string write(const ScreeningWords&);
std::string write(const DraftContent&);
std::string write(const missing::Episode&);
std::string write(const missing::EpisodeWords&);
std::string write(const missing::ReturnInterview&);
std::string write(const missing::InterviewWords&);
std::string write(const missing::Mention&);

void read(std::string_view json, ReferralWords&);
void read(std::string_view json, DecisionWords&);
void read(std::string_view json, ScreeningWords&);
void read(std::string_view json, DraftContent&);
void read(std::string_view json, missing::EpisodeWords&);
void read(std::string_view json, missing::InterviewWords&);
void read(std::string_view json, missing::Mention&);

}  // namespace rowan::protect::codec
