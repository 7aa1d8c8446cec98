#include "core/ui/saving.h"

#include <utility>

#include "core/image/picture.h"

namespace limpid {

PictureFormat format_to_save(const Choices& choices, const PictureEntry& entry) {
  switch (choices.file_format) {
    case FileFormat::png: return PictureFormat::png;
    case FileFormat::jpeg: return PictureFormat::jpeg;
    case FileFormat::as_opened: break;
  }
  return has_jpeg_ending(entry.name) ? PictureFormat::jpeg : PictureFormat::png;
}

void save_restored(UiState& state, const Platform& platform, const PictureEntry& entry,
                   Saving::To to) {
  if (!entry.restored || state.saving) return;
  const PictureFormat format = format_to_save(state.choices, entry);
  state.saving = {entry.number, to, format};
  const bool as_it_is = to == Saving::To::file && !platform.lets_name_files();
  state.requests.push_back(
      EncodePicture{entry.number, Version::restored, as_it_is ? format : PictureFormat::png});
}

void take_encoded(UiState& state, Platform& platform, PictureEncoded encoded) {
  state.encoding.reset();
  const std::optional<Saving> saving = saving_over(state, encoded.picture);
  if (encoded.cancelled || !saving) return;
  if (saving->to == Saving::To::file)
    platform.save(encoded.name + ending_of(saving->format), std::move(encoded.file));
  else
    platform.copy_picture(std::move(encoded.file));
}

std::optional<Saving> saving_over(UiState& state, int picture) {
  if (!state.saving || state.saving->picture != picture) return std::nullopt;
  return std::exchange(state.saving, std::nullopt);
}

}  // namespace limpid
