// SQLite without memory: while one of these lives, it is given none. Include it in one file of a program only: the
// allocator below is put in place before the first database is opened.
#pragma once
#include <sqlite3.h>

#include <atomic>
#include <stdexcept>

namespace rowan::support {

class NoMemory {
public:
    NoMemory() { none_ = true; }
    ~NoMemory() { none_ = false; }
    NoMemory(const NoMemory&) = delete;
    NoMemory& operator=(const NoMemory&) = delete;

private:
    static sqlite3_mem_methods put_in_place() {
        sqlite3_mem_methods below{};
        if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &below) != SQLITE_OK) throw std::logic_error("too late");
        auto methods = below;
        methods.xMalloc = [](int bytes) -> void* { return none_ ? nullptr : below_.xMalloc(bytes); };
        methods.xRealloc = [](void* memory, int bytes) -> void* {
            return none_ ? nullptr : below_.xRealloc(memory, bytes);
        };
        if (sqlite3_config(SQLITE_CONFIG_MALLOC, &methods) != SQLITE_OK) throw std::logic_error("too late");
        return below;
    }
    static inline std::atomic<bool> none_ = false;
    static inline const sqlite3_mem_methods below_ = put_in_place();
};

}  // namespace rowan::support
