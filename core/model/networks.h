// What the networks that come along are for, by name.
#pragma once

namespace limpid {

// For gaussian noise the quickest, which is used unless another is asked for, and the best; and
// their like for the noise of cameras.
inline constexpr const char* first_model = "fast";
inline constexpr const char* best_model = "deep";
inline constexpr const char* camera_model = "camera";
inline constexpr const char* best_camera_model = "camera-deep";

}  // namespace limpid
