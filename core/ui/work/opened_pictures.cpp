#include "core/ui/work/opened_pictures.h"

#include <utility>

#include "core/error.h"

namespace limpid {
namespace {

// Of decoded pictures and results besides the one in use: small enough for a browser's tab.
constexpr size_t held_bytes = size_t(384) << 20;

std::shared_ptr<const OpenedPicture> decode(const std::string& path) {
  StoredPicture stored = read_stored(path);
  return std::make_shared<const OpenedPicture>(
      OpenedPicture{make_pyramid(std::move(stored.color)), std::move(stored.alpha),
                    stored.bit_depth, std::move(stored.metadata)});
}

}  // namespace

size_t OpenedPictures::Entry::bytes() const {
  size_t sum = picture ? picture->color->bytes() + picture->alpha.bytes() : 0;
  if (results.noisy) sum += results.noisy->bytes();
  if (results.restored) sum += results.restored->bytes();
  if (results.restored && results.whole.get() != &results.restored->picture()) {
    sum += results.whole->bytes();
  }
  return sum;
}

std::shared_ptr<const OpenedPicture> OpenedPictures::open(int picture, const std::string& path) {
  Entry entry;
  entry.path = path;
  entry.picture = decode(path);
  const std::shared_ptr<const OpenedPicture> decoded = entry.picture;
  entries_[picture] = std::move(entry);
  used(picture);
  return decoded;
}

void OpenedPictures::close(int picture) {
  entries_.erase(picture);
  newest_first_.remove(picture);
}

std::shared_ptr<const OpenedPicture> OpenedPictures::picture(int picture) {
  const auto found = entries_.find(picture);
  if (found == entries_.end()) {
    throw Error("picture " + std::to_string(picture) + " is not open");
  }
  Entry& entry = found->second;
  if (!entry.picture) entry.picture = decode(entry.path);
  const std::shared_ptr<const OpenedPicture> decoded = entry.picture;
  used(picture);
  return decoded;
}

std::string OpenedPictures::path(int picture) const {
  const auto found = entries_.find(picture);
  return found == entries_.end() ? "" : found->second.path;
}

void OpenedPictures::keep(int picture, Results results) {
  const auto found = entries_.find(picture);
  if (found == entries_.end()) return;  // closed in the meantime
  found->second.results = std::move(results);
  kept_ = picture;
  used(picture);
}

OpenedPictures::Results OpenedPictures::results(int picture) const {
  const auto found = entries_.find(picture);
  return found == entries_.end() ? Results() : found->second.results;
}

// Lets go of the pixels that were not used for longest.
void OpenedPictures::used(int picture) {
  newest_first_.remove(picture);
  newest_first_.push_front(picture);
  size_t held = 0;
  for (auto i = newest_first_.begin(); i != newest_first_.end();) {
    Entry& entry = entries_.at(*i);
    held += entry.bytes();
    if (held > held_bytes && *i != picture && *i != kept_) {
      entry.picture.reset();
      entry.results = {};
      i = newest_first_.erase(i);
    } else {
      ++i;
    }
  }
}

}  // namespace limpid
