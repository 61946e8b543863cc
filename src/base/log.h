// Structured logs: one JSON line an event, to standard error. Field values are numbers, codes and ids; there is
// no way to log free text that a person typed, and personal data never reaches a log (SECURITY.md A28).
// Thread-safety: any thread.
#pragma once
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace rowan::base {

struct LogField {
    std::string_view name;
    std::variant<std::int64_t, double, bool, std::string_view> value;
};
enum class LogLevel { debug, info, warning, error };

// `event` is a constant such as "server.started"; strings are escaped and cut at 200 bytes.
void log(LogLevel, std::string_view event, std::initializer_list<LogField> fields = {});
void set_log_level(LogLevel least);

}  // namespace rowan::base
