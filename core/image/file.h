// Whole files in, whole files out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>
#include <vector>

namespace limpid {

// The file's bytes. Throws Error naming the file when it cannot be read or is over `max_bytes`.
std::vector<uint8_t> read_file(const std::filesystem::path& file, size_t max_bytes);

// Replaces the file's content in one step: a temporary file beside it is written, flushed to the
// disk and renamed, so that a crash or a full disk leaves the old content or the new one, never a
// part. A link is followed, also to where nothing is yet; the permissions of an existing file stay,
// and one that is write-protected stays as it is. Throws Error naming the file; the temporary file
// is removed.
void write_file(const std::filesystem::path& file, std::span<const uint8_t> bytes);
void write_file(const std::filesystem::path& file, std::string_view text);

// Removes the temporary files of writers that were killed in the middle. Nobody may be writing to
// that folder.
void remove_unfinished_files(const std::filesystem::path& folder);

}  // namespace limpid
