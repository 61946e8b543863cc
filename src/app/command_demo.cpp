#include "app/commands.h"
#include "app/demonstration.h"
#include "app/options.h"
#include "county/county.h"

#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>

namespace rowan::app {

namespace {

int write_records(std::int64_t children, std::int64_t seed, const std::string& records, const std::string& truth) {
    std::ofstream out(records), true_children;
    if (!truth.empty()) true_children.open(truth);
    if (!out || (!truth.empty() && !true_children))
        return fail(base::refused("The file cannot be written; choose another place."));
    county::Options options;
    options.children = static_cast<std::uint64_t>(children);
    options.seed = static_cast<std::uint64_t>(seed);
    county::RecordWriter writer(&out, truth.empty() ? nullptr : &true_children);
    county::generate(options, writer);
    out.flush();
    return out ? 0 : fail(base::refused("The disk is full; the file is not whole."));
}

}  // namespace

int demo_command(const Arguments& arguments) {
    Options options(
        "demo", "Makes a demonstration partnership: a synthetic county and two years of work by all agencies.");
    HouseOptions house;
    std::int64_t children = 2000, seed = 1;
    std::string scheme = "somerset", records, truth;
    options.house(house, false);
    options.number("--children", children, "How many children", 1, 10'000'000);
    options.number("--seed", seed, "The same seed gives the same county", 0, 1'000'000'000);
    options.text("--scheme", scheme, "solihull, somerset, or a scheme file");
    options.text("--records", records,
                 "Write the agencies' records to this CSV file instead of making a partnership");
    options.text("--truth", truth, "Write here which record is about which child");
    if (const auto code = options.parse(arguments)) return *code;
    if (!records.empty()) return write_records(children, seed, records, truth);
    if (house.data.empty() && house.database.empty()) {
        std::cerr << "rowan demo: --data is required: give a folder that does not exist yet\n";
        return 2;
    }
    std::ofstream truth_file;
    DemonstrationOptions wanted;
    wanted.children = static_cast<std::uint64_t>(children);
    wanted.seed = static_cast<std::uint64_t>(seed);
    if (!truth.empty()) {
        truth_file.open(truth);
        if (!truth_file) return fail(base::refused("The file " + truth + " cannot be written."));
        wanted.truth = &truth_file;
    }
    const bool terminal = isatty(STDERR_FILENO);
    if (terminal)
        wanted.progress = [&](std::uint64_t done) {
            std::cerr << "\r" << done << " of " << children << " children" << std::flush;
        };
    DemonstrationCounts counts;
    const auto made = make_demonstration(house, scheme, wanted, &counts);
    if (terminal) std::cerr << "\r";
    if (!made.ok()) return fail(made.error());
    std::cout << "A demonstration with " << counts.children << " invented children: " << counts.records
              << " records of agencies, " << counts.flags << " flags, " << counts.referrals << " referrals, "
              << counts.screenings << " screenings, " << counts.decisions << " decisions, " << counts.missing
              << " missing episodes, " << counts.links << " links made, " << counts.proposals
              << " pairs waiting.\n"
              << "Open it with: rowan serve --demo "
              << (house.database.empty() ? "--data " + house.data.string()
                                         : "--database … --keyring " + keyring_path(house).string())
              << "\n";
    return 0;
}

}  // namespace rowan::app
