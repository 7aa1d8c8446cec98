#include "native/desktop/folder_listing.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>
#include <tuple>
#include <utility>

namespace limpid {
namespace {

namespace fs = std::filesystem;

FolderListing read(const std::string& folder) {
  FolderListing listing;
  std::error_code code;
  fs::directory_iterator end, entry(folder, code);
  for (; !code && entry != end; entry.increment(code)) {
    std::error_code unknown;
    listing.entries.push_back({entry->path().filename().string(), entry->is_directory(unknown)});
  }
  std::sort(listing.entries.begin(), listing.entries.end(),
            [](const FolderEntry& a, const FolderEntry& b) {
              return std::tuple(!a.folder, lower(a.name), a.name) <
                     std::tuple(!b.folder, lower(b.name), b.name);
            });
  if (code) listing.problem = folder + ": " + code.message();
  return listing;
}

}  // namespace

struct FolderReader::Shared {
  std::mutex mutex;
  std::optional<FolderListing> listing;  // guarded by mutex
};

FolderReader::FolderReader(const std::string& folder) : shared_(std::make_shared<Shared>()) {
  std::thread([shared = shared_, folder] {
    FolderListing listing = read(folder);
    const std::lock_guard lock(shared->mutex);
    shared->listing = std::move(listing);
  }).detach();
}

std::optional<FolderListing> FolderReader::take() {
  const std::lock_guard lock(shared_->mutex);
  return std::exchange(shared_->listing, std::nullopt);
}

std::string lower(std::string text) {
  for (char& c : text) c = char(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace limpid
