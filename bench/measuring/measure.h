// What every benchmark needs: time, percentiles, a table, and what the machine was doing meanwhile.
// Thread-safety: values; print from one thread.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace rowan::bench {

class Stopwatch {
public:
    double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }
    double millis() const { return seconds() * 1000; }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// Times of one kind of event, in milliseconds.
class Times {
public:
    void add(double millis) { all_.push_back(millis); }
    void add(const Times& more) { all_.insert(all_.end(), more.all_.begin(), more.all_.end()); }
    double percentile(double p) const;  // 0 to 100, by the nearest rank; 0 when there is none
    double mean() const;
    std::size_t count() const { return all_.size(); }

private:
    std::vector<double> all_;
};

// A table in Markdown, printed when it is complete.
class Table {
public:
    explicit Table(std::vector<std::string> head) : rows_{std::move(head)} {}
    void row(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
    void print() const;

private:
    std::vector<std::vector<std::string>> rows_;
};

std::string number(double, int decimals = 0);  // "12,345.6"
std::string millis(double);                    // "3.21 ms"
std::string times(double ratio);               // "0.42 x"
// "yes" or "no", and by how much: a goal is printed, never enforced.
std::string against(double measured, double goal, const std::string& unit);

// Date, cores, memory, load average: one line over every table. What else ran decides what a figure is worth.
void print_machine();
std::string load();  // "load 3.1"

// Processor milliseconds of the calling thread so far: what a step costs when nothing else runs.
double thread_millis();
// Processor seconds (user and system) and resident bytes of a process; 0: this one.
double processor_seconds(int pid = 0);
std::uint64_t resident_bytes(int pid = 0);

}  // namespace rowan::bench
