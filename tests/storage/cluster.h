// A PostgreSQL server that lives as long as this program.
#pragma once
#include <string>

namespace rowan::storage {

class Cluster {
public:
    // Started at the first call. Throws std::runtime_error with a sentence when PostgreSQL is not installed.
    static Cluster& get();
    Cluster(const Cluster&) = delete;
    Cluster& operator=(const Cluster&) = delete;
    ~Cluster();

    std::string url(const std::string& database) const;
    // SQL as the superuser, outside a transaction.
    void run(const std::string& sql, const std::string& database = "postgres") const;
    void create_database(const std::string& name, const std::string& like = "template0") const;
    void drop_database(const std::string& name) const;

private:
    Cluster();
    void start();
    void wait_until_ready() const;
    std::string folder_;
    int server_ = -1;
};

}  // namespace rowan::storage
