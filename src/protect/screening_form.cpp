#include "protect/screening_form.h"

#include "base/number.h"

#include <algorithm>

namespace rowan::protect {

namespace {

ItemAnswer answer_for(const partnership::ToolItem& item, const Answers& answers) {
    ItemAnswer out;
    out.item = item.code;
    if (const auto& present = answers.get(item.code); !present.empty()) out.present = present;
    out.evidence = answers.get(item.code + "-evidence");
    out.note = answers.get(item.code + "-note");
    if (out.present != "yes" && out.present != "possible") return out;
    out.windows = answers.all(item.code + "-when");
    if (item.windows.size() == 1) out.windows = {std::string(name_of(item.windows.front().window))};
    return out;
}

}  // namespace

std::vector<std::string> item_fields(const Tool& tool) {
    std::vector<std::string> out;
    for (const auto& item : tool.items)
        for (const char* part : {"", "-when", "-evidence", "-note"}) out.push_back(item.code + part);
    out.insert(out.end(), {"protective", "protective_note", "other", "their_words"});
    return out;
}

Screening screening_from(const Answers& answers, const Tool& tool) {
    Screening out;
    for (const auto& item : tool.items) out.words.answers.push_back(answer_for(item, answers));
    out.words.protective = answers.all("protective");
    out.words.protective_note = answers.get("protective_note");
    out.words.other = answers.get("other");
    out.words.their_words = answers.get("their_words");
    out.words.override_reason = answers.get("override_reason");
    out.words.action = answers.get("action");
    out.professional_outcome = answers.get("professional_outcome");
    out.mash_referral = answers.get("mash_referral") == "yes";
    out.referral = answers.get("referral");
    out.age_estimated = answers.get("age_estimated") == "yes";
    out.age_at = base::whole_number<int>(answers.get("age"));
    settle(out, tool);
    return out;
}

Answers answers_from(const Screening& c) {
    Answers out;
    const auto put = [&](std::string name, const std::string& value) {
        if (!value.empty()) out.set(std::move(name), value);
    };
    for (const auto& answer : c.words.answers) {
        put(answer.item, answer.present);
        out.set(answer.item + "-when", answer.windows);
        put(answer.item + "-evidence", answer.evidence);
        put(answer.item + "-note", answer.note);
    }
    out.set("protective", c.words.protective);
    put("protective_note", c.words.protective_note);
    put("other", c.words.other);
    put("their_words", c.words.their_words);
    put("override_reason", c.words.override_reason);
    put("action", c.words.action);
    put("professional_outcome", c.professional_outcome);
    put("mash_referral", c.mash_referral ? "yes" : "no");
    put("referral", c.referral);
    if (c.age_at) put("age", std::to_string(*c.age_at));
    put("age_estimated", c.age_estimated ? "yes" : "");
    return out;
}

std::vector<FieldProblem> problems_of(const Answers& answers, const Screening& c, const Tool& tool,
                                      const partnership::Scheme& scheme, bool judgement) {
    auto out = check(c, tool, scheme, judgement);
    const auto& mash = answers.get("mash_referral");
    if (judgement && mash != "yes" && mash != "no")
        out.push_back({"mash_referral", "Select whether you are making a referral to the front door"});
    return out;
}

}  // namespace rowan::protect
