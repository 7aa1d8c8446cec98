#include "core/data/dataset.h"

#include <algorithm>
#include <atomic>
#include <cassert>
#include <future>
#include <map>
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

// One picture of a pair.
struct Stored {
  fs::path file;
  uint64_t hash = 0;
  Raster held = {};  // empty when over the cap
};

struct Entry {
  std::string name;
  bool only_tests = false;
  Shape shape;
  Stored clean;
  Stored noisy;         // unused where there are none
  std::string failure;  // why the file is no picture, or empty

  const Stored& of(Side side) const { return side == Side::clean ? clean : noisy; }
};

struct Decoded {
  Raster raster;              // as the settings want it
  int height = 0, width = 0;  // of the file's picture
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

Decoded decode(const std::vector<uint8_t>& bytes, const fs::path& file,
               const DatasetSettings& settings) {
  try {
    Picture picture = decode_picture(bytes, file.string());
    const int height = picture.color.height, width = picture.color.width;
    const Image image = picture.color.channels == settings.channels
                            ? std::move(picture.color)
                            : with_channels(picture.color, settings.channels);
    if (settings.size == 0) return {held_of(image, picture.bit_depth), height, width};
    return {held_of(resize_bicubic(image, settings.size, settings.size), 8), height, width};
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

  Decoded open(Stored& picture) {
    const std::vector<uint8_t> bytes = read_bytes(picture.file);
    picture.hash = fnv1a(bytes);
    return decode(bytes, picture.file, settings);
  }

  void hold(Raster image, Stored& picture) {
    const size_t size = image.bytes();
    if ((held_bytes += size) <= settings.cache_bytes) {
      picture.held = std::move(image);
    } else {
      held_bytes -= size;
    }
  }

  void open(Entry& entry) {
    try {
      Decoded clean = open(entry.clean);
      entry.shape = {clean.raster.height, clean.raster.width, settings.channels};
      if (!settings.noisy.empty()) {
        entry.noisy.file = noisy_of(entry);
        Decoded noisy = open(entry.noisy);
        check_pair(entry, clean, noisy);
        hold(std::move(noisy.raster), entry.noisy);
      }
      hold(std::move(clean.raster), entry.clean);
    } catch (const Error& error) {
      entry.failure = error.what();
    }
  }

  fs::path noisy_of(const Entry& entry) const {
    fs::path file = counterpart_in(settings.noisy, entry.name);
    std::error_code none;
    if (fs::equivalent(file, entry.clean.file, none)) {
      throw Error(file.string() + ": the clean picture is its own noisy one");
    }
    if (fs::exists(file, none)) return file;
    throw Error(entry.clean.file.string() + ": there is no noisy picture of it in " +
                settings.noisy.string());
  }

  static void check_pair(const Entry& entry, const Decoded& clean, const Decoded& noisy) {
    if (noisy.height == clean.height && noisy.width == clean.width) return;
    throw Error(entry.noisy.file.string() + ": the noisy picture is " +
                size_text(noisy.width, noisy.height) + ", the clean one " +
                size_text(clean.width, clean.height));
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

  // Of several folders two clean pictures may have one name.
  void refuse_shared_noisy_ones() {
    std::map<fs::path, const Entry*> of;
    for (Entry& entry : entries) {
      if (!entry.failure.empty() || entry.noisy.file.empty()) continue;
      const auto [place, is_first] = of.try_emplace(entry.noisy.file, &entry);
      if (is_first) continue;
      entry.failure = entry.clean.file.string() + ": " + entry.noisy.file.string() +
                      " is the noisy picture of " + place->second->clean.file.string() + " already";
    }
  }

  void drop_failures() {
    for (const Entry& entry : entries) {
      if (!entry.failure.empty()) skipped.push_back({entry.clean.file, entry.failure});
    }
    std::erase_if(entries, [](const Entry& entry) { return !entry.failure.empty(); });
  }
};

Dataset::Dataset(const std::vector<fs::path>& paths, const DatasetSettings& settings,
                 const DatasetProgress& progress)
    : content_(std::make_unique<Content>()) {
  assert(settings.size >= 0 && (settings.channels == 1 || settings.channels == 3));
  std::error_code code;
  if (!settings.noisy.empty() && !fs::is_directory(settings.noisy, code)) {
    throw Error(settings.noisy.string() + ": there is no such folder of noisy pictures");
  }
  FoundFiles found = find_pictures(paths, settings.tests);
  content_->settings = settings;
  content_->skipped = std::move(found.skipped);
  if (!found.passed_over.empty()) content_->skipped.push_back({{}, std::move(found.passed_over)});
  content_->entries.resize(found.files.size());
  for (size_t i = 0; i < found.files.size(); ++i) {
    content_->entries[i].name = std::move(found.files[i].name);
    content_->entries[i].only_tests = found.files[i].only_tests;
    content_->entries[i].clean.file = std::move(found.files[i].file);
  }
  content_->open_all(progress);
  content_->refuse_shared_noisy_ones();
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

const fs::path& Dataset::file(size_t i) const { return content_->entries[i].clean.file; }

const std::string& Dataset::name(size_t i) const { return content_->entries[i].name; }

uint64_t Dataset::content_hash(size_t i, Side side) const {
  return content_->entries[i].of(side).hash;
}

Shape Dataset::shape(size_t i) const { return content_->entries[i].shape; }

const std::vector<SkippedFile>& Dataset::skipped() const { return content_->skipped; }

const DatasetSettings& Dataset::settings() const { return content_->settings; }

bool Dataset::only_tests(size_t i) const { return content_->entries[i].only_tests; }

bool Dataset::has_noisy() const { return !content_->settings.noisy.empty(); }

Image Dataset::picture(size_t i, Side side) const {
  const Shape whole = shape(i);
  return part(i, 0, 0, whole.height, whole.width, side);
}

const Raster* Dataset::held(size_t i) const {
  const Raster& held = content_->entries[i].clean.held;
  return held.empty() ? nullptr : &held;
}

Image Dataset::part(size_t i, int y, int x, int height, int width, Side side) const {
  assert(i < size() && (side == Side::clean || has_noisy()));
  const Stored& picture = content_->entries[i].of(side);
  const int channels = content_->settings.channels;
  if (!picture.held.empty()) {
    return with_channels(crop(picture.held, y, x, height, width), channels);
  }
  const fs::path& file = picture.file;
  const std::vector<uint8_t> bytes = read_bytes(file);
  if (fnv1a(bytes) != picture.hash) {
    throw Error(file.string() + ": the file has changed since the data set was opened");
  }
  const Raster whole = decode(bytes, file, content_->settings).raster;
  return with_channels(crop(whole, y, x, height, width), channels);
}

}  // namespace limpid
