#include "core/ui/work/encodes.h"

#include <filesystem>
#include <utility>

#include "core/error.h"

namespace limpid {

Encodes::Encodes(OpenedPictures& pictures, std::function<void(Event)> tell)
    : pictures_(pictures), tell_(std::move(tell)) {}

void Encodes::add(const EncodePicture& request) {
  const auto picture = pictures_.picture(request.picture);
  const OpenedPictures::Results results = pictures_.results(request.picture);
  const std::string stem = std::filesystem::path(pictures_.path(request.picture)).stem().string();
  PictureEncoded answer{.picture = request.picture, .version = request.version};
  SharedPyramid version = picture->color;
  if (request.version != Version::clean) {
    const bool noisy = request.version == Version::noisy;
    version = noisy ? results.noisy : results.restored;
    if (!version) throw Error(stem + ": this version is not there; restore the picture first");
    answer.name = stem + (noisy ? "-noisy" : "-restored");
  } else {
    answer.name = stem;
  }
  Encoding encoding(request.format, version->picture(), picture->alpha, picture->bit_depth,
                    picture->metadata);
  jobs_.push_back({std::move(answer), picture, version, std::move(encoding)});
}

void Encodes::cancel(int picture) {
  std::erase_if(jobs_, [&](Job& job) {
    if (picture != 0 && job.answer.picture != picture) return false;
    job.answer.cancelled = true;
    tell_(std::move(job.answer));
    return true;
  });
}

void Encodes::step(const std::function<bool()>& slice_is_over) {
  Job& job = jobs_.front();
  const int picture = job.answer.picture;
  try {
    do {
      tell_(EncodingPicture{picture, job.encoding.done(), job.encoding.total()});
      job.encoding.step();
    } while (job.encoding.done() < job.encoding.total() && !slice_is_over());
    if (job.encoding.done() < job.encoding.total()) return;
    job.answer.file = job.encoding.take_file();
    tell_(std::move(job.answer));
  } catch (const std::bad_alloc&) {
    tell_(Failed{Failed::What::encode, picture,
                 pictures_.path(picture) + ": there is not enough memory to write it"});
  }
  jobs_.pop_front();
}

}  // namespace limpid
