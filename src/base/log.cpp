#include "base/log.h"

#include "base/time.h"

#include <fmt/format.h>

#include <unistd.h>

#include <atomic>
#include <cmath>
#include <string>

namespace rowan::base {

namespace {

constexpr std::size_t kLongestString = 200;  // bytes
std::atomic<LogLevel> least_level{LogLevel::info};

std::string_view name_of(LogLevel level) {
    switch (level) {
        case LogLevel::debug:
            return "debug";
        case LogLevel::info:
            return "info";
        case LogLevel::warning:
            return "warning";
        case LogLevel::error:
            return "error";
    }
    return "error";
}

// Everything but plain printable ASCII is escaped, so no value can forge a line or move a terminal's cursor (A28).
void append_string(std::string& line, std::string_view text) {
    line += '"';
    for (unsigned char c : text.substr(0, kLongestString)) {
        if (c == '"' || c == '\\')
            line += '\\', line += static_cast<char>(c);
        else if (c < 0x20 || c >= 0x7f)
            fmt::format_to(std::back_inserter(line), "\\u{:04x}", c);
        else
            line += static_cast<char>(c);
    }
    line += '"';
}

struct AppendValue {
    std::string& line;
    void operator()(std::int64_t v) const { line += std::to_string(v); }
    void operator()(double v) const { line += std::isfinite(v) ? fmt::format("{}", v) : "null"; }
    void operator()(bool v) const { line += v ? "true" : "false"; }
    void operator()(std::string_view v) const { append_string(line, v); }
};

}  // namespace

void log(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
    if (level < least_level.load(std::memory_order_relaxed)) return;
    std::string line = "{\"time\":\"" + to_iso(SystemClock{}.now()) + "\",\"level\":\"";
    line += name_of(level);
    line += "\",\"event\":";
    append_string(line, event);
    for (const LogField& field : fields) {
        line += ',';
        append_string(line, field.name);
        line += ':';
        std::visit(AppendValue{line}, field.value);
    }
    line += "}\n";
    // One write a line: lines of several threads do not mix. A log that cannot be written stops nobody.
    [[maybe_unused]] auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

void set_log_level(LogLevel least) { least_level.store(least); }

}  // namespace rowan::base
