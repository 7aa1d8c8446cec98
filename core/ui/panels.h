// The panels of the front end: each draws its part of the state into the current column and changes
// the choices in it.
#pragma once

#include <imgui.h>

#include <memory>
#include <vector>

#include "core/ui/platform.h"
#include "core/ui/state.h"
#include "core/ui/viewer/picture_texture.h"
#include "core/ui/viewer/viewer_program.h"

namespace limpid {

struct PreviewTextures {
  PictureTexture clean, noisy, restored;
};

// What the viewer keeps on the graphics card.
struct ViewerCard {
  ViewerProgram program;
  PictureTexture clean, noisy, restored;
  std::vector<std::unique_ptr<PreviewTextures>> preview;  // of the test pictures
};

void draw_bar(UiState& state, float width);

// Denoise
void draw_pictures(UiState& state, Platform& platform);
void draw_noise(UiState& state);
void draw_models(UiState& state, Platform& platform);
void draw_viewer(UiState& state, ViewerCard& card, ImVec2 size);
// `narrow`: without room for three columns.
void draw_scores(UiState& state, Platform& platform, bool narrow);

// Train
void draw_training_setup(UiState& state, Platform& platform);
void draw_forecast(UiState& state, Platform& platform);
// From the beginning, or from a checkpoint file when that is not empty.
void start_training(UiState& state, Platform& platform, const std::string& checkpoint);
void draw_training_progress(UiState& state, Platform& platform);
void draw_curves(UiState& state, float height);
// `height`: what is left for it; 0: as much as it likes.
void draw_preview(UiState& state, ViewerCard& card, float height);

void draw_notices(UiState& state);

}  // namespace limpid
