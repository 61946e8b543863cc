#include "storage/fixture.h"

#include "database/migrations.h"
#include "partnership/migrations.h"
#include "storage/cluster.h"

#include <unistd.h>

#include <filesystem>
#include <stdexcept>

namespace rowan::storage {
namespace {

namespace fs = std::filesystem;

std::string make_folder() {
    auto name = (fs::temp_directory_path() / "rowan-test-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a temporary folder");
    return name;
}

std::unique_ptr<database::Database> open_or_throw(const std::string& url, const database::OpenOptions& options) {
    auto db = database::Database::open(url, options);
    if (!db) throw std::runtime_error(db.error().message);
    return std::move(db).value();
}

void migrate_or_throw(const std::string& url) {
    database::OpenOptions options;
    options.create = true;
    const auto db = open_or_throw(url, options);
    if (const auto done = database::migrate(*db, partnership::migrations()); !done)
        throw std::runtime_error(done.error().message);
}

// The whole schema is built once an engine, then copied: tests stay quick when there are many migrations.
class Template {
public:
    static void copy_file(const std::string& to) {
        static const Template made(Backend::sqlite);
        fs::copy_file(made.folder_ + "/rowan.db", to);
    }
    static const std::string& database() {
        static const Template made(Backend::postgres);
        return made.name_;
    }
    Template(const Template&) = delete;
    Template& operator=(const Template&) = delete;
    ~Template() {
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

private:
    explicit Template(Backend backend) : folder_(make_folder()) {
        if (backend == Backend::postgres) Cluster::get().create_database(name_);
        migrate_or_throw(backend == Backend::postgres ? Cluster::get().url(name_)
                                                      : "sqlite:" + folder_ + "/rowan.db");
    }
    std::string folder_, name_ = "rowan_schema";
};

std::string next_name() {
    static int count = 0;
    return "test_" + std::to_string(++count);
}

}  // namespace

database::OpenOptions StorageTest::options() const {
    database::OpenOptions out;
    out.create = true;
    return out;
}

void StorageTest::SetUp() {
    folder_ = make_folder();
    if (on_sqlite()) {
        const auto file = folder_ + "/rowan.db";
        if (with_schema()) Template::copy_file(file);
        url_ = "sqlite:" + file;
    } else {
        const auto name = next_name();
        Cluster::get().create_database(name, with_schema() ? Template::database() : "template0");
        url_ = Cluster::get().url(name);
    }
    db_ = open_or_throw(url_, options());
}

void StorageTest::TearDown() {
    db_.reset();
    if (!on_sqlite() && !url_.empty()) Cluster::get().drop_database(url_.substr(url_.rfind('/') + 1));
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
}

std::unique_ptr<database::Database> StorageTest::open_again(database::OpenOptions options) {
    options.lock = false;
    return open_or_throw(url_, options);
}

std::string backend_name(const ::testing::TestParamInfo<Backend>& info) {
    return info.param == Backend::sqlite ? "sqlite" : "postgres";
}

}  // namespace rowan::storage
