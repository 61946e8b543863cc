// How far apart two spellings are, and how alike they sound.
//
// All functions work on the bytes of folded text (base::fold: Latin letters, lower case), so one byte is one
// letter. Pinned definitions, because libraries differ:
// - jaro_winkler: Jaro with half-transpositions rounded down, prefix of at most 4 letters, scale 0.1, and the
// prefix
//   counted only when Jaro exceeds 0.7 (Winkler 1990; the same as rapidfuzz and DuckDB).
// - osa: optimal string alignment (insert, delete, replace, swap of neighbours; no letter is edited twice).
// - damerau: the true Damerau-Levenshtein distance (a swap may be edited further). damerau("ca","abc") = 2, osa
// = 3.
// - soundex: American Soundex as the US National Archives print it (h and w do not part equal codes, vowels do).
// - sounds_like_key: our own phonetic key for British spellings ("philip" = "fillip", "catherine" = "kathryn").
// Each has a plain textbook twin in tests/unit/linkage. Thread-safety: pure functions.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace rowan::linkage {

double jaro(std::string_view, std::string_view);          // 0 … 1; two empty texts are 1
double jaro_winkler(std::string_view, std::string_view);  // 0 … 1
// The distance, or `limit` + 1 as soon as it is known to be more than `limit`.
int osa(std::string_view, std::string_view, int limit = 1 << 20);
int damerau(std::string_view, std::string_view);
std::string soundex(std::string_view);          // "r163"; empty when there is no letter
std::string sounds_like_key(std::string_view);  // at most 8 letters; empty when there is no letter

}  // namespace rowan::linkage
