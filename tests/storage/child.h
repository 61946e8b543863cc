// This test program started a second time, as another process on the same data.
#pragma once
#include <string>

namespace rowan::storage {

// What main() does when it is given --child: opens `url` and writes numbers 1, 2, 3, … (column `writer` = who)
// until it is killed, printing each on standard output once it is acknowledged.
int write_until_killed(const std::string& url, int who);
// --try-to-open: 0 when opened, 1 when refused (the sentence on standard output).
int try_to_open(const std::string& url);

}  // namespace rowan::storage
