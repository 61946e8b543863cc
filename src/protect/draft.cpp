#include "protect/draft.h"

#include "base/text.h"

#include <algorithm>

namespace rowan::protect {

const std::vector<std::string>& Answers::all(std::string_view name) const {
    static const std::vector<std::string> none;
    const auto found = values_.find(name);
    return found == values_.end() ? none : found->second;
}

const std::string& Answers::get(std::string_view name) const {
    static const std::string empty;
    const auto& values = all(name);
    return values.empty() ? empty : values.front();
}

void Answers::set(std::string name, std::vector<std::string> values) {
    if (values.empty())
        values_.erase(name);
    else
        values_.insert_or_assign(std::move(name), std::move(values));
}

void Answers::forget(std::string_view name) {
    if (const auto found = values_.find(name); found != values_.end()) values_.erase(found);
}

void Answers::take(const http::Fields& form, const std::vector<std::string_view>& names) {
    for (const auto name : names) {
        std::vector<std::string> values;
        for (const auto& value : form.all(name))
            if (auto tidy = base::tidy(value); !tidy.empty()) values.push_back(std::move(tidy));
        set(std::string(name), std::move(values));
    }
}

DraftContent content_of(const Answers& answers) {
    DraftContent out;
    for (const auto& [name, values] : answers.values())
        for (const auto& value : values) {
            out.names.push_back(name);
            out.values.push_back(value);
        }
    return out;
}

Answers answers_from(const DraftContent& content) {
    std::map<std::string, std::vector<std::string>> gathered;
    for (std::size_t i = 0; i < std::min(content.names.size(), content.values.size()); ++i)
        gathered[content.names[i]].push_back(content.values[i]);
    Answers out;
    for (auto& [name, values] : gathered) out.set(name, std::move(values));
    return out;
}

}  // namespace rowan::protect
