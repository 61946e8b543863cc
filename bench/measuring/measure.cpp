#include "measuring/measure.h"

#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <numeric>
#include <sstream>
#include <thread>

namespace rowan::bench {

double Times::percentile(double p) const {
    if (all_.empty()) return 0;
    auto sorted = all_;
    const auto rank = static_cast<std::size_t>(std::ceil(p / 100 * static_cast<double>(sorted.size())));
    const auto at =
        sorted.begin() + static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(rank, 1, sorted.size()) - 1);
    std::nth_element(sorted.begin(), at, sorted.end());
    return *at;
}

double Times::mean() const {
    return all_.empty() ? 0 : std::accumulate(all_.begin(), all_.end(), 0.0) / static_cast<double>(all_.size());
}

void Table::print() const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
    }
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        std::string line = "|", rule = "|";
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const auto cell = i < rows_[r].size() ? rows_[r][i] : "";
            line += " " + cell + std::string(widths[i] - cell.size(), ' ') + " |";
            rule += std::string(widths[i] + 2, '-') + "|";
        }
        std::puts(line.c_str());
        if (r == 0) std::puts(rule.c_str());
    }
    std::fflush(stdout);
}

std::string number(double value, int decimals) {
    char digits[64];
    std::snprintf(digits, sizeof digits, "%.*f", decimals, value);
    const std::string plain = digits;
    const std::size_t whole = std::min(plain.find('.'), plain.size());
    std::string out;
    for (std::size_t i = 0; i < plain.size(); ++i) {
        if (i < whole && i > 0 && (whole - i) % 3 == 0 && plain[i - 1] != '-') out += ',';
        out += plain[i];
    }
    return out;
}

std::string millis(double value) { return number(value, value < 10 ? 2 : value < 100 ? 1 : 0) + " ms"; }
std::string times(double ratio) { return number(ratio, ratio < 10 ? 2 : 1) + " x"; }

std::string against(double measured, double goal, const std::string& unit) {
    return "< " + number(goal, goal < 10 && goal != std::floor(goal) ? 1 : 0) + " " + unit + ": " +
           (measured < goal ? "yes" : "no") + ", " + times(measured / goal);
}

std::string load() {
    double averages[1] = {0};
    if (getloadavg(averages, 1) != 1) return "load unknown";
    return "load " + number(averages[0], 1);
}

void print_machine() {
    const std::time_t now = std::time(nullptr);
    char day[32];
    std::strftime(day, sizeof day, "%Y-%m-%d %H:%M", std::localtime(&now));
    const double memory =
        static_cast<double>(sysconf(_SC_PHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 30);
    std::string system = "unknown system";
    std::ifstream release("/etc/os-release");
    for (std::string line; std::getline(release, line);)
        if (line.starts_with("PRETTY_NAME=\"")) system = line.substr(13, line.size() - 14);
    std::printf("%s; %u cores, %s GiB, %s; %s before it began\n\n", day, std::thread::hardware_concurrency(),
                number(memory).c_str(), system.c_str(), load().c_str());
    std::fflush(stdout);
}

namespace {

std::string proc(int pid, const std::string& file) {
    std::ifstream in("/proc/" + (pid == 0 ? std::string("self") : std::to_string(pid)) + "/" + file);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

}  // namespace

double thread_millis() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

double processor_seconds(int pid) {
    const auto stat = proc(pid, "stat");
    std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 2)));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::uint64_t resident_bytes(int pid) {
    std::istringstream lines(proc(pid, "status"));
    for (std::string line; std::getline(lines, line);)
        if (line.starts_with("VmRSS:")) return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
    return 0;
}

}  // namespace rowan::bench
