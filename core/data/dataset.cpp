#include "core/data/dataset.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <future>
#include <mutex>
#include <new>
#include <thread>
#include <utility>

#include "core/data/hash.h"
#include "core/error.h"
#include "core/image/file.h"
#include "core/image/picture.h"
#include "core/image/resize.h"

namespace limpid {

namespace fs = std::filesystem;

namespace {

struct Entry {
  FoundFile found;
  uint64_t hash = 0;
  Shape shape;
  Raster held;          // empty when over the cap
  std::string failure;  // why the file is no picture, or empty
};

// Calls work(i) for each i < n, on all cores. The first exception ends it and is thrown.
void on_all_cores(size_t n, const std::function<void(size_t)>& work) {
  std::atomic<size_t> next = 0;
  const auto worker = [&] {
    try {
      for (size_t i = next++; i < n; i = next++) work(i);
    } catch (...) {
      next = n;
      throw;
    }
  };
  const size_t workers = std::min(size_t(std::max(1u, std::thread::hardware_concurrency())), n);
  std::vector<std::future<void>> others;
  for (size_t i = 1; i < workers; ++i) others.push_back(std::async(std::launch::async, worker));
  worker();
  for (std::future<void>& other : others) other.get();
}

Raster held_of(const Image& image, int bit_depth) {
  const int white = white_of(bit_depth);
  return is_gray(image) ? to_raster(with_channels(image, 1), white) : to_raster(image, white);
}

Raster decode(const std::vector<uint8_t>& bytes, const fs::path& file,
              const DatasetSettings& settings) {
  try {
    Picture picture = decode_picture(bytes, file.string());
    const Image image = picture.color.channels == settings.channels
                            ? std::move(picture.color)
                            : with_channels(picture.color, settings.channels);
    if (settings.size == 0) return held_of(image, picture.bit_depth);
    return held_of(resize_bicubic(image, settings.size, settings.size), 8);
  } catch (const std::bad_alloc&) {
    throw Error(file.string() + ": not enough memory to read the picture");
  }
}

std::vector<uint8_t> read_bytes(const fs::path& file) {
  return read_file(file, PictureLimits().max_bytes);
}

}  // namespace

struct Dataset::Content {
  DatasetSettings settings;
  std::vector<Entry> entries;
  std::vector<SkippedFile> skipped;
  std::atomic<size_t> held_bytes = 0;

  void open(Entry& entry) {
    try {
      const std::vector<uint8_t> bytes = read_bytes(entry.found.file);
      entry.hash = fnv1a(bytes);
      Raster image = decode(bytes, entry.found.file, settings);
      entry.shape = {image.height, image.width, settings.channels};
      const size_t size = image.bytes();
      if ((held_bytes += size) <= settings.cache_bytes) {
        entry.held = std::move(image);
      } else {
        held_bytes -= size;
      }
    } catch (const Error& error) {
      entry.failure = error.what();
    }
  }

  void open_all(const DatasetProgress& progress) {
    std::mutex mutex;
    size_t done = 0;
    on_all_cores(entries.size(), [&](size_t i) {
      open(entries[i]);
      const std::lock_guard lock(mutex);
      if (progress && !progress(++done, entries.size())) {
        throw Error("opening the pictures was cancelled");
      }
    });
  }

  void drop_failures() {
    for (const Entry& entry : entries) {
      if (!entry.failure.empty()) skipped.push_back({entry.found.file, entry.failure});
    }
    std::erase_if(entries, [](const Entry& entry) { return !entry.failure.empty(); });
  }
};

Dataset::Dataset(const std::vector<fs::path>& paths, const DatasetSettings& settings,
                 const DatasetProgress& progress)
    : content_(std::make_unique<Content>()) {
  assert(settings.size >= 0 && (settings.channels == 1 || settings.channels == 3));
  FoundFiles found = find_pictures(paths);
  content_->settings = settings;
  content_->skipped = std::move(found.skipped);
  if (!found.passed_over.empty()) content_->skipped.push_back({{}, std::move(found.passed_over)});
  content_->entries.resize(found.files.size());
  for (size_t i = 0; i < found.files.size(); ++i) {
    content_->entries[i].found = std::move(found.files[i]);
  }
  content_->open_all(progress);
  content_->drop_failures();
  if (!content_->entries.empty()) return;
  std::string where;
  for (const fs::path& path : paths) where += (where.empty() ? "" : ", ") + path.string();
  const std::vector<SkippedFile>& skipped = content_->skipped;
  throw Error("no readable picture in " + where +
              (skipped.empty() ? "" : " (" + skipped.front().reason + ")"));
}

Dataset::~Dataset() = default;
Dataset::Dataset(Dataset&&) noexcept = default;

size_t Dataset::size() const { return content_->entries.size(); }

const fs::path& Dataset::file(size_t i) const { return content_->entries[i].found.file; }

const std::string& Dataset::name(size_t i) const { return content_->entries[i].found.name; }

uint64_t Dataset::content_hash(size_t i) const { return content_->entries[i].hash; }

Shape Dataset::shape(size_t i) const { return content_->entries[i].shape; }

const std::vector<SkippedFile>& Dataset::skipped() const { return content_->skipped; }

const DatasetSettings& Dataset::settings() const { return content_->settings; }

Image Dataset::picture(size_t i) const {
  const Shape whole = shape(i);
  return part(i, 0, 0, whole.height, whole.width);
}

const Raster* Dataset::held(size_t i) const {
  const Raster& held = content_->entries[i].held;
  return held.empty() ? nullptr : &held;
}

Image Dataset::part(size_t i, int y, int x, int height, int width) const {
  assert(i < size());
  const Entry& entry = content_->entries[i];
  const int channels = content_->settings.channels;
  if (!entry.held.empty()) {
    return with_channels(crop(entry.held, y, x, height, width), channels);
  }
  const fs::path& file = entry.found.file;
  const std::vector<uint8_t> bytes = read_bytes(file);
  if (fnv1a(bytes) != entry.hash) {
    throw Error(file.string() + ": the file has changed since the data set was opened");
  }
  return with_channels(crop(decode(bytes, file, content_->settings), y, x, height, width),
                       channels);
}

}  // namespace limpid
