// The scene that a link sets, as a teacher gives it to a class:
// "picture=phantom&noise=0.4&model=median&page=train&network=classroom&training.epochs=30".
//
// Fields go by the names that choices are kept by (choices.h):
//   picture          one that comes along, without the ending of its file
//   already_noisy    true, false
//   noise_kind, noise (0..1), seed (0..1000000000), clip (true, false)
//   model            one that comes along, or a classical method
//   views (1, 2, 4), amount (0..1), view, page
//   network          a preset; trainings are then told what is proposed (proposal.h), but for:
//   size             of pictures to learn from; where training.crop is not 0 that one counts
//   training.NAME    a setting of trainings by its name in their files (core/train/settings.h), of
//                    those that the Train page has controls for; noise_weakest may be "none"
// What is not named stays as it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/ui/state.h"

namespace limpid {

// Names of what the host is about to list, beside what is listed already.
struct Coming {
  std::vector<std::string> pictures = {}, models = {};
};

// Sets what `link` names, percent-encoded as in an address. A field that is unknown, or of a value
// that it cannot have, is left out; returned are sentences to tell of that, at most three.
std::vector<std::string> open_scene(std::string_view link, const Coming& coming, UiState& state);

// Once a frame: a picture and a model that a link named are chosen as soon as they are listed.
void follow_scene(UiState& state);

// The link that sets what is on the screen. It names no picture, model or network that did not come
// along; trainings only on their page.
std::string link_to_scene(const UiState& state);

}  // namespace limpid
