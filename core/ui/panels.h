// The panels of the front end: each draws its part of the state into the current column and changes
// the choices in it.
#pragma once

#include <imgui.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ui/platform.h"
#include "core/ui/state.h"
#include "core/ui/viewer/picture_texture.h"
#include "core/ui/viewer/viewer_program.h"

namespace limpid {

struct PreviewTextures {
  explicit PreviewTextures(TileCache& tiles) : clean(tiles), noisy(tiles), restored(tiles) {}
  PictureTexture clean, noisy, restored;
};

// Tiles on the graphics card, of a quarter of a megabyte each; more only where a screen is so large
// that more are seen at once.
constexpr size_t most_tiles = 480;

// What the viewer keeps on the graphics card.
struct ViewerCard {
  ViewerProgram program;
  TileCache tiles{most_tiles};
  PictureTexture clean{tiles}, noisy{tiles}, restored{tiles}, maps{tiles};
  std::vector<std::unique_ptr<PictureTexture>> compared;  // of UiState::comparisons
  std::vector<std::unique_ptr<PreviewTextures>> preview;  // of the test pictures
};

// In seconds: that something quicker is under way would only flicker.
constexpr double quick_s = 0.3;

// Once a frame, before pictures are drawn.
void begin_drawing(ViewerCard& card);

void draw_bar(UiState& state, Platform& platform, float width);
// A button that opens the list of files and folders that were opened before.
void draw_recent(UiState& state);

// Denoise
void draw_pictures(UiState& state, Platform& platform);
// All pictures at once; in the current card.
void draw_queue(UiState& state, Platform& platform);
void draw_noise(UiState& state);
// Of the noise that is added, here and in training: its strength; its kind, true when it changed.
void draw_strength(NoiseSettings& noise);
bool draw_noise_kind(NoiseSettings& noise);
void draw_models(UiState& state, Platform& platform);
void draw_viewer(UiState& state, ViewerCard& card, ImVec2 size);
// A name on a picture, which begins or ends there.
enum class Align { left, right };
void draw_label(ImDrawList& list, ImVec2 at, const char* name, Align align = Align::left);
// The comparison of models, and the boxes that choose them.
void draw_comparison(const UiState& state, ViewerCard& card, const PictureEntry& entry,
                     const Area& area);
void draw_compared_models(UiState& state);
// Moves and zooms a picture of that size by the item that was drawn last, which it lies in.
void pan_and_zoom(View& view, const Area& area, int width, int height);
// The maps, with a caption that takes so much above the area.
constexpr float map_caption_px = 30;
void draw_maps_of(LayerMaps& maps, ViewerCard& card, const Area& area);
// Into the network, at the shown picture.
void draw_maps(UiState& state, ViewerCard& card, const Area& area);
enum class Spacing { close, wide };  // of the rows
void draw_scores(UiState& state, Platform& platform, Spacing spacing);
// The same below the viewer, side by side.
void draw_scores_strip(UiState& state, Platform& platform, float height);

// Train
void draw_training_setup(UiState& state, Platform& platform);
// What few change, behind a button; part of the setup.
void draw_training_details(TrainingState& training, Platform& platform);
void draw_forecast(UiState& state);
void draw_runs(UiState& state, Platform& platform);
ImU32 run_color(size_t index);  // of the run at that place in the state
void draw_training_progress(UiState& state, Platform& platform);
// The curves, or the network that they are of.
void draw_curves(UiState& state, ViewerCard& card, float height);
// A network as blocks, for pictures of that size, with the sizes below them where `size` has room
// for it. `chosen`: a layer that is marked, and others can be; returns that one.
std::optional<int> draw_blocks(const Model& model, Shape picture, ImVec2 size,
                               std::optional<int> chosen = {});
std::string shape_text(Shape shape);  // "64 × 64 × 128"
// The network as blocks, and what its first layer has learned, or what leaves the layer that is
// pressed; in the current card.
void draw_layers(UiState& state, ViewerCard& card);
// `height`: what is left for it; 0: as much as it likes.
void draw_preview(UiState& state, ViewerCard& card, float height);

void draw_notices(UiState& state);

}  // namespace limpid
