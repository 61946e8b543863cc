// Store tests that run the same on SQLite and on PostgreSQL 15.
//
//     class ChildStore : public storage::StorageTest {};
//     TEST_P(ChildStore, H_001_keeps_a_child) { db().write(…); }
//     ROWAN_ON_BOTH(ChildStore);
//
// StorageTest gives every test an empty database of its own; SchemaTest one with the whole schema of Rowan. The
// PostgreSQL cluster is thrown away: this program starts it once, on a Unix socket in a temporary folder.
#pragma once
#include "database/database.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace rowan::storage {

enum class Backend { sqlite, postgres };

class StorageTest : public ::testing::TestWithParam<Backend> {
protected:
    void SetUp() override;
    void TearDown() override;

    database::Database& db() { return *db_; }
    const std::string& url() const { return url_; }
    const std::string& folder() const { return folder_; }  // empty at first; goes after the test
    bool on_sqlite() const { return GetParam() == Backend::sqlite; }
    // Opens this test's database again, as another program would; SQLite without the lock.
    std::unique_ptr<database::Database> open_again(database::OpenOptions = {});
    void close() { db_.reset(); }

    virtual database::OpenOptions options() const;
    virtual bool with_schema() const { return false; }

private:
    std::string folder_, url_;
    std::unique_ptr<database::Database> db_;
};

class SchemaTest : public StorageTest {
protected:
    bool with_schema() const override { return true; }
};

std::string backend_name(const ::testing::TestParamInfo<Backend>&);

#define ROWAN_ON_BOTH(Suite)                                                                                    \
    INSTANTIATE_TEST_SUITE_P(                                                                                   \
        Both, Suite, ::testing::Values(::rowan::storage::Backend::sqlite, ::rowan::storage::Backend::postgres), \
        ::rowan::storage::backend_name)

}  // namespace rowan::storage
