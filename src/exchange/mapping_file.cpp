// The mapping as TOML.
#include "exchange/extract.h"

#include "base/text.h"

#include "formats/toml.inc"

#include <algorithm>

namespace rowan::exchange {

namespace {

struct Problem {
    std::string file;
    base::Error at(const toml::node& node, const std::string& sentence) const {
        return base::invalid(file + " line " + std::to_string(node.source().begin.line) + ": " + sentence);
    }
};

std::string text_of(const toml::table& table, std::string_view key) { return table[key].value_or(std::string{}); }

}  // namespace

base::Result<Mapping> read_mapping(std::string_view text, std::string_view file_name) {
    const Problem problem{std::string(file_name)};
    const auto parsed = toml::parse(text, file_name);
    if (!parsed)
        return base::invalid(problem.file + " line " + std::to_string(parsed.error().source().begin.line) + ": " +
                             std::string(parsed.error().description()) + ".");
    const toml::table& root = parsed.table();
    Mapping out;
    out.dates.clear();
    for (const auto& [key, node] : root) {
        const std::string_view name = key.str();
        if (name == "columns" && node.is_table()) {
            for (const auto& [field, heading] : *node.as_table()) {
                const auto& fields = extract_fields();
                if (std::none_of(fields.begin(), fields.end(),
                                 [&](const auto& f) { return f.field == field.str(); }))
                    return problem.at(heading, "there is no field \"" + std::string(field.str()) + "\".");
                out.columns[std::string(field.str())] = heading.value_or(std::string{});
            }
        } else if (name == "dates" && node.is_array()) {
            for (const auto& each : *node.as_array()) {
                const auto order = each.value_or(std::string{});
                if (order == "day first")
                    out.dates.push_back(DateOrder::day_first);
                else if (order == "month first")
                    out.dates.push_back(DateOrder::month_first);
                else if (order == "year first")
                    out.dates.push_back(DateOrder::year_first);
                else
                    return problem.at(each, "dates are \"day first\", \"month first\" or \"year first\".");
            }
        } else if (name == "codes" && node.is_table()) {
            for (const auto& [field, list] : *node.as_table()) {
                if (!list.is_table())
                    return problem.at(list, "codes need a table, such as [codes.sex] with \"1\" = \"M\".");
                for (const auto& [local, ours] : *list.as_table())
                    out.codes[std::string(field.str())][base::fold(local.str())] = ours.value_or(std::string{});
            }
        } else if (name == "flags" && node.is_array()) {
            for (const auto& each : *node.as_array()) {
                if (!each.is_table()) return problem.at(each, "each flag is a table: [[flags]].");
                const auto& table = *each.as_table();
                FlagMapping flag{text_of(table, "flag"),
                                 text_of(table, "column"),
                                 {},
                                 text_of(table, "set_on"),
                                 text_of(table, "cleared_on")};
                if (flag.flag.empty() || flag.column.empty())
                    return problem.at(each, "a flag needs flag = and column =.");
                if (const auto* values = table["values"].as_array())
                    for (const auto& value : *values)
                        flag.values.push_back(base::fold(value.value_or(std::string{})));
                out.flags.push_back(std::move(flag));
            }
        } else if (name == "missing_education" && node.is_table()) {
            const auto& table = *node.as_table();
            out.missing_education_from = text_of(table, "from");
            out.missing_education_to = text_of(table, "to");
            out.missing_education_points = text_of(table, "points");
        } else {
            return problem.at(node, "there is no key \"" + std::string(name) +
                                        "\"; use columns, dates, codes, flags or missing_education.");
        }
    }
    if (out.dates.empty()) out.dates = {DateOrder::day_first, DateOrder::year_first};
    return out;
}

}  // namespace rowan::exchange
