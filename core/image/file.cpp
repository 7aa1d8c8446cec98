#include "core/image/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <optional>
#include <string>
#include <system_error>

#include "core/error.h"

namespace limpid {

namespace fs = std::filesystem;

namespace {

constexpr size_t chunk_bytes = size_t(1) << 20;  // of one read or write call
constexpr int most_names = 1000;                 // tried for one temporary file
constexpr int most_links = 40;                   // from one to the next, as many as Linux follows

std::string reason(int code) { return std::generic_category().message(code); }

// An open file that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }
  bool close() {
    const int number = number_;
    number_ = -1;
    return ::close(number) == 0;
  }

 private:
  int number_;
};

bool write_all(int descriptor, std::span<const uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(descriptor, bytes.data(), std::min(bytes.size(), chunk_bytes));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    bytes = bytes.subspan(size_t(n));
  }
  return true;
}

constexpr std::string_view temporary_start = ".limpid-", temporary_end = ".tmp";

// A name that no other writer at work uses: short, so that it fits where the name fits.
fs::path temporary_beside(const fs::path& place) {
  static std::atomic<unsigned> counter = 0;
  std::string name(temporary_start);
  name += std::to_string(::getpid()) + "-" + std::to_string(counter++);
  return place.parent_path() / name.append(temporary_end);
}

// Makes the new name itself survive a power cut. Only an attempt: the content is safe already, and
// some file systems know no flush of a folder.
void flush_folder(const fs::path& folder) {
  const Descriptor descriptor(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.is_open()) ::fsync(descriptor.number());
}

// Writes, flushes and renames; false with errno set when a step fails. Without `permissions` the
// file gets those of any new file.
bool replace(const fs::path& place, std::optional<mode_t> permissions,
             std::span<const uint8_t> bytes) {
  fs::path temporary;
  int number = -1, tries = 0;
  do {  // a killed process may have left files of these names: in containers many have number 1
    temporary = temporary_beside(place);
    number = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (number < 0 && errno == EEXIST && ++tries < most_names);
  Descriptor descriptor(number);
  if (!descriptor.is_open()) return false;
  if ((!permissions || ::fchmod(descriptor.number(), *permissions) == 0) &&
      write_all(descriptor.number(), bytes) && ::fsync(descriptor.number()) == 0 &&
      descriptor.close() && ::rename(temporary.c_str(), place.c_str()) == 0) {
    return true;
  }
  const int code = errno;
  ::unlink(temporary.c_str());
  errno = code;
  return false;
}

// Where the links from `file` on end, also where nothing is yet.
fs::path end_of_links(const fs::path& file, std::error_code& code) {
  fs::path place = file;
  for (int i = 0; fs::is_symlink(fs::symlink_status(place, code)); ++i) {
    if (i == most_links) {
      code = std::make_error_code(std::errc::too_many_symbolic_link_levels);
      return {};
    }
    const fs::path next = fs::read_symlink(place, code);
    if (code) return {};
    place = place.parent_path() / next;
  }
  code.clear();  // what else is wrong with the place, the writing says
  return place;
}

}  // namespace

std::vector<uint8_t> read_file(const fs::path& file, size_t max_bytes) {
  const auto fail = [&](const std::string& why) {
    throw Error("cannot read " + file.string() + ": " + why);
  };
  const std::string too_large = "it is over the limit of " + std::to_string(max_bytes) + " bytes";
  const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status = {};
  if (!descriptor.is_open() || ::fstat(descriptor.number(), &status) != 0) fail(reason(errno));
  const size_t expected = S_ISREG(status.st_mode) ? size_t(status.st_size) : 0;  // a pipe has none
  if (expected > max_bytes) fail(too_large);
  std::vector<uint8_t> bytes(expected + 1);  // room for the read that finds the end
  size_t filled = 0;
  for (;;) {
    if (filled == bytes.size()) bytes.resize(filled + chunk_bytes);
    const size_t wanted = std::min(bytes.size() - filled, chunk_bytes);
    const ssize_t n = ::read(descriptor.number(), bytes.data() + filled, wanted);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail(reason(errno));
    if (n == 0) break;
    filled += size_t(n);
    if (filled > max_bytes) fail(too_large);
  }
  bytes.resize(filled);
  return bytes;
}

void write_file(const fs::path& file, std::span<const uint8_t> bytes) {
  const auto fail = [&](const std::string& why) {
    throw Error("cannot write " + file.string() + ": " + why);
  };
  fs::path place;  // through a link, as an ordinary write goes
  std::error_code code;
  std::optional<mode_t> permissions;
  struct stat status = {};
  if (::stat(file.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) fail(reason(EISDIR));
    if (!S_ISREG(status.st_mode)) fail("it is not a regular file");  // a rename would replace it
    if (::faccessat(AT_FDCWD, file.c_str(), W_OK, AT_EACCESS) != 0) {
      fail(reason(errno));  // a rename would not ask
    }
    permissions = status.st_mode & 07777;
    place = fs::canonical(file, code);
  } else {
    place = end_of_links(file, code);
  }
  if (code) fail(code.message());
  if (!replace(place, permissions, bytes)) fail(reason(errno));
  flush_folder(place.parent_path());
}

void write_file(const fs::path& file, std::string_view text) {
  write_file(file, std::span(reinterpret_cast<const uint8_t*>(text.data()), text.size()));
}

void remove_unfinished_files(const fs::path& folder) {
  std::error_code code;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, code)) {
    const std::string name = entry.path().filename();
    if (name.starts_with(temporary_start) && name.ends_with(temporary_end)) {
      fs::remove(entry.path(), code);
    }
  }
}

}  // namespace limpid
