// A folder for the files of the running test, of which several may run at once; removed at its end.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "core/error.h"
#include "core/image/file.h"
#include "core/image/picture.h"

namespace limpid {

class TemporaryFolder {
 public:
  TemporaryFolder() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() / ("limpid " + std::to_string(getpid()) + ' ' +
                                                      test->test_suite_name() + ' ' + test->name());
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Writes a file, and the folders it lies in; returns where it is.
  std::filesystem::path add(const std::filesystem::path& name, std::string_view text) const {
    std::filesystem::create_directories((path_ / name).parent_path());
    write_file(path_ / name, text);
    return path_ / name;
  }

  // The same with a picture as PNG, whatever the name ends with.
  std::filesystem::path add(const std::filesystem::path& name, const Image& image,
                            int bit_depth = 8) const {
    const std::vector<uint8_t> bytes = encode_png({.color = image, .bit_depth = bit_depth});
    return add(name, std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }

 private:
  std::filesystem::path path_;
};

// What `call` complains about; empty when it does not.
std::string message_of(auto&& call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace limpid
