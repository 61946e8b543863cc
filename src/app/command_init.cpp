#include "app/commands.h"
#include "app/options.h"

#include <iostream>

namespace rowan::app {

int init_command(const Arguments& arguments) {
    Options options("init", "Makes a new, empty partnership: its data folder and, beside it, its keys.");
    HouseOptions house;
    std::string scheme;
    options.house(house);
    options.text("--scheme", scheme, "solihull, somerset, or a scheme file", true);
    if (const auto code = options.parse(arguments)) return *code;
    const auto made = House::create(house, scheme, false);
    if (!made.ok()) return fail(made.error());
    std::cout << "Made a partnership for " << (*made)->office().scheme.name << ".\n"
              << "Its keys are in " << keyring_path(house).string()
              << ": keep a copy apart from the data; without them nobody can read it.\n"
              << "Next: rowan user add, then rowan serve.\n";
    return 0;
}

}  // namespace rowan::app
