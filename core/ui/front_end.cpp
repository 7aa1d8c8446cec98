#include "core/ui/front_end.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "core/train/run_folder.h"
#include "core/ui/apply.h"
#include "core/ui/choices.h"
#include "core/ui/controls.h"
#include "core/ui/model_list.h"
#include "core/ui/proposal.h"
#include "core/ui/queue.h"
#include "core/ui/saving.h"
#include "core/ui/texts.h"
#include "core/ui/theme.h"
#include "core/ui/training.h"
#include "core/ui/widgets.h"
#include "core/ui/wishes.h"

namespace limpid {
namespace {

// Below that width panels stand one above the other.
constexpr float narrow_px = 760;
constexpr float wide_px = 1180;  // from there on three columns
// A telephone on its side: the viewer gets all of the height, and its width is worth a column.
constexpr float low_px = 430, narrow_low_px = 560, least_viewer_px = 280;
constexpr float column_px = 300, scores_px = 230, strip_px = 110, runs_px = 270, gap_px = 12;
constexpr float least_setup_px = 160;

bool ends_with(const std::string& path, const char* ending) {
  return std::filesystem::path(path).extension() == ending;
}

// As it can be found again from anywhere, without a slash at its end.
std::string whole_path(const std::string& path) {
  const std::filesystem::path whole = std::filesystem::absolute(path).lexically_normal();
  return (whole.has_filename() ? whole : whole.parent_path()).string();
}

// One that has gone away is no longer offered.
void remember_or_forget(UiState& state, const std::string& path) {
  std::error_code code;
  if (std::filesystem::exists(path, code)) return remember(state, path);
  std::erase(state.recent, path);
}

// Or a question before everything else.
bool has_open_list() { return ImGui::IsPopupOpen(nullptr, ImGuiPopupFlags_AnyPopup); }

void begin_column(const char* id, ImVec2 size) {
  ImGui::BeginChild(id, size, ImGuiChildFlags_NavFlattened);
}

}  // namespace

FrontEnd::FrontEnd(Platform& platform) : platform_(platform) {
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.ConfigFlags |= ImGuiConfigFlags_NavEnableKeyboard;
  load_fonts();
  state_.choices.dark = platform.prefers_dark();
  state_.training.order = proposed_order();
  stored_ = platform.stored_choices();
  read_choices(stored_, state_);
  card_ = std::make_unique<ViewerCard>();
}

FrontEnd::~FrontEnd() = default;

void FrontEnd::prepare(float scale) {
  set_theme({.dark = state_.choices.dark, .scale = scale, .touch = touch_scroll_.used()});
}

void FrontEnd::frame(double seconds) {
  if (state_.now == 0) {  // what was told before there was a screen is told from now on
    for (Notice& notice : state_.notices) notice.until += seconds;
  }
  state_.now = seconds;
  settles_ = false;
  touch_scroll_.follow();
  begin_controls();
  receive();
  follow_scene(state_);
  handle_keys();
  const ImVec2 screen = ImGui::GetIO().DisplaySize;
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(screen);
  ImGui::PushStyleVar(ImGuiStyleVar_WindowRounding, 0);
  ImGui::Begin("Limpid", nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                   ImGuiWindowFlags_NoBringToFrontOnFocus | ImGuiWindowFlags_NoSavedSettings |
                   ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::PopStyleVar();
  begin_drawing(*card_);
  draw_bar(state_, platform_, screen.x);
  const float gap = px(gap_px);
  ImGui::SetCursorPos({gap, ImGui::GetCursorPosY() + gap - ImGui::GetStyle().ItemSpacing.y});
  const ImVec2 size = {screen.x - 2 * gap, screen.y - ImGui::GetCursorPosY() - gap};
  if (state_.page == Page::denoise)
    draw_denoise(size);
  else
    draw_train(size);
  ImGui::End();
  draw_notices(state_);
  keep_tab_going();

  if (!state_.to_open.empty()) add_files(std::exchange(state_.to_open, {}));
  state_.training.order.engine = state_.choices.engine;
  state_.training.order.settings.threads = state_.choices.threads;
  // What nobody sees would hold up the training beside it.
  if (state_.page == Page::denoise) {
    ask_for_shown_picture(state_);
    ask_for_comparisons(state_);
  }
  ask_for_maps(state_);
  if (advance_queue(state_)) {
    const Queue& queue = state_.queue;
    platform_.results_complete(queue.folder, others_left(queue), queue.jobs.size());
  }
  start_once_planned(state_, platform_);
  if (!ImGui::IsAnyItemActive()) ask_for_forecast(state_);
  had_open_list_ = has_open_list();
  send();
}

void FrontEnd::draw_denoise(ImVec2 size) {
  const float gap = px(gap_px);
  const bool low = size.y < px(low_px);
  if (size.x < px(low ? narrow_low_px : narrow_px)) {
    begin_column("stack", size);
    const float least = std::min(px(least_viewer_px), size.y * 0.8f);
    draw_viewer(state_, *card_, {ImGui::GetContentRegionAvail().x, std::max(size.y * 0.5f, least)});
    draw_scores(state_, platform_, Spacing::close);
    draw_pictures(state_, platform_);
    draw_noise(state_);
    draw_models(state_, platform_);
    ImGui::EndChild();
    return;
  }
  const bool wide = size.x > px(wide_px);
  begin_column("controls", {px(column_px), size.y});
  if (low && !wide) draw_scores(state_, platform_, Spacing::close);
  draw_pictures(state_, platform_);
  draw_noise(state_);
  draw_models(state_, platform_);
  ImGui::EndChild();
  ImGui::SameLine(0, gap);
  const PictureEntry* entry = shown_picture(state_);
  const bool has_scores = entry && entry->status != PictureEntry::Status::failed;
  const float scores = wide && has_scores ? px(scores_px) + gap : 0;
  const float strip = !wide && !low && has_scores ? px(strip_px) : 0;
  const float viewer = size.x - px(column_px) - gap - scores;
  begin_column("viewer column", {viewer, size.y});
  draw_viewer(state_, *card_, {viewer, size.y - (strip > 0 ? strip + gap : 0)});
  if (strip > 0) {
    ImGui::SetCursorPosY(size.y - strip);
    draw_scores_strip(state_, platform_, strip);
  }
  ImGui::EndChild();
  if (scores == 0) return;
  ImGui::SameLine(0, gap);
  begin_column("scores column", {px(scores_px), size.y});
  draw_scores(state_, platform_, Spacing::wide);
  ImGui::EndChild();
}

void FrontEnd::draw_train(ImVec2 size) {
  const float gap = px(gap_px);
  if (size.x < px(narrow_px)) {
    begin_column("stack", size);
    draw_training_progress(state_, platform_);
    if (!shown_history(state_).empty()) draw_curves(state_, *card_, px(260));
    draw_preview(state_, *card_, 0);
    draw_training_setup(state_, platform_);
    draw_forecast(state_);
    draw_runs(state_, platform_);
    ImGui::EndChild();
    return;
  }
  const bool has_runs = !state_.runs.empty() || platform_.keeps_files();
  const float runs = size.x > px(wide_px) && has_runs ? px(runs_px) + gap : 0;
  draw_setup_column({px(column_px + 20), size.y}, runs == 0);
  ImGui::SameLine(0, gap);
  const float rest = size.x - px(column_px + 20) - gap - runs;
  begin_column("learning", {rest, size.y});
  draw_training_progress(state_, platform_);
  const float room = ImGui::GetContentRegionAvail().y;
  const bool preview = !state_.training.preview.rows.empty();
  draw_curves(state_, *card_, preview ? std::max(px(220), room * 0.38f) : room);
  draw_preview(state_, *card_, ImGui::GetContentRegionAvail().y);
  ImGui::EndChild();
  if (runs == 0) return;
  ImGui::SameLine(0, gap);
  begin_column("runs column", {px(runs_px), size.y});
  draw_runs(state_, platform_);
  ImGui::EndChild();
}

// What begins a training stays on the screen, below settings that may be more than fit; where that
// leaves too little of them it comes after them.
void FrontEnd::draw_setup_column(ImVec2 size, bool with_runs) {
  const float spacing = ImGui::GetStyle().ItemSpacing.y;
  const bool begins = state_.training.idle();
  const bool stays = begins && size.y - start_height_ - spacing >= px(least_setup_px);
  const float start = stays ? start_height_ + spacing : 0;
  constexpr ImGuiChildFlags grows = ImGuiChildFlags_AutoResizeY | ImGuiChildFlags_NavFlattened;
  ImGui::BeginGroup();
  ImGui::SetNextWindowSizeConstraints({size.x, 0}, {size.x, size.y - start});
  ImGui::BeginChild("setup", {size.x, 0}, grows);
  draw_training_setup(state_, platform_);
  if (begins && !stays) draw_forecast(state_);
  if (with_runs) draw_runs(state_, platform_);
  ImGui::EndChild();
  if (stays) {
    ImGui::BeginChild("start", {size.x, 0}, grows);
    draw_forecast(state_);
    ImGui::EndChild();
    const float before = std::exchange(start_height_, ImGui::GetItemRectSize().y);
    settles_ = before != start_height_;
  }
  ImGui::EndGroup();
}

void FrontEnd::receive() {
  for (Event& event : platform_.receive()) {
    if (PictureEncoded* encoded = std::get_if<PictureEncoded>(&event)) {
      take_encoded(state_, platform_, std::move(*encoded));
    } else {
      const bool opens = std::holds_alternative<PictureOpened>(event);
      const int model = chosen_model(state_);
      apply(state_, std::move(event));
      if (opens && chosen_model(state_) != model) undo_.suit(state_, model);
    }
  }
}

void FrontEnd::handle_keys() {
  if (ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_O)) platform_.pick(Pick::pictures);
  if (ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_Tab)) {
    state_.page = state_.page == Page::train ? Page::denoise : Page::train;
  }
  if (ImGui::GetIO().WantTextInput) return;
  if (ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_Z)) undo_.undo(state_);
  if (ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_Y) ||
      ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiMod_Shift | ImGuiKey_Z)) {
    undo_.redo(state_);
  }
  const bool saves = ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_S);
  if (state_.page == Page::train) {
    const RunEntry* run = ended_run(state_);
    if (saves && run) save_model_of(state_, platform_, *run);
    return;
  }
  PictureEntry* entry = shown_picture(state_);
  if (!entry) return;
  if (saves) save_restored(state_, platform_, *entry, Saving::To::file);
  if (ImGui::IsKeyChordPressed(ImGuiMod_Ctrl | ImGuiKey_0)) state_.view.fitted = true;
  // A list that was open takes the others; the Escape that closed it has gone by now.
  if (had_open_list_) return;
  if (ImGui::IsKeyPressed(ImGuiKey_Escape)) cancel_work(state_);
  if (ImGui::IsKeyChordPressed(ImGuiKey_Delete)) return close_picture(state_, entry->number);
  const int step = ImGui::IsKeyPressed(ImGuiKey_PageDown) - ImGui::IsKeyPressed(ImGuiKey_PageUp);
  const ptrdiff_t next = entry - state_.pictures.data() + step;
  if (step != 0 && next >= 0 && next < ptrdiff_t(state_.pictures.size())) {
    show_picture(state_, state_.pictures[size_t(next)].number);
  }
}

void FrontEnd::add_files(const std::vector<std::string>& paths, Page page) {
  std::vector<std::string> pictures;
  for (std::string path : paths) {
    const bool kept = platform_.keeps_files();  // else the paths are another module's
    if (kept) {
      path = whole_path(path);
      remember_or_forget(state_, path);
    }
    if (kept && RunFolder::holds_run(path)) {
      open_run(path, {.asked = true});
    } else if (ends_with(path, ".safetensors")) {
      load_model(state_, path);
    } else {
      pictures.push_back(path);
    }
  }
  if (pictures.empty()) return;
  if (page == Page::train)
    state_.training.order.paths = std::move(pictures);
  else
    state_.requests.push_back(FindPictures{.paths = std::move(pictures), .show = true});
}

void FrontEnd::take_folder(Pick purpose, const std::string& path) {
  if (!state_.training.idle()) return;  // it began while the user was asked
  TrainingOrder& order = state_.training.order;
  (purpose == Pick::noisy_folder ? order.noisy : order.tests) =
      platform_.keeps_files() ? whole_path(path) : path;
}

std::vector<std::string> FrontEnd::open_scene(std::string_view link, const Coming& coming) {
  return limpid::open_scene(link, coming, state_);
}

void FrontEnd::offer_model(const std::string& file) { limpid::offer_model(state_, file); }

void FrontEnd::offer_model_later(const std::string& file, size_t bytes) {
  limpid::offer_model_later(state_, file, bytes);
}

void FrontEnd::offer_runs(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) open_run(folder, {.asked = false});
}

void FrontEnd::open_run(const std::string& folder, RunOpening opening) {
  const auto known = std::find_if(state_.runs.begin(), state_.runs.end(),
                                  [&](const RunEntry& run) { return run.folder == folder; });
  RunEntry& run = known == state_.runs.end() ? state_.runs.emplace_back() : *known;
  if (run.number == 0) run.number = state_.next_number++;
  run.folder = folder;
  run.name = std::filesystem::path(folder).lexically_normal().filename().string();
  run.asked = opening.asked;
  state_.requests.push_back(OpenRun{run.number, folder});
}

void FrontEnd::list_pictures(const std::vector<std::string>& paths) {
  state_.requests.push_back(FindPictures{paths});
}

void FrontEnd::restore_all(const std::string& folder) {
  const bool others = std::exchange(state_.queue.others_next, false);
  if (!state_.queue.over()) return notify(text(Text::queue_runs), News::bad);
  if (others) return begin_others(state_, folder);
  const bool is_new = !platform_.keeps_files();
  if (!is_new) state_.found_results = find_results(state_, folder);
  if (!state_.found_results) begin_queue(state_, folder, is_new);
}

void FrontEnd::offer_training(UnfinishedTraining unfinished) {
  // It is a model's number in the page before; the checkpoint has weights.
  unfinished.order.begins_with = 0;
  const Text notice = unfinished.is_over() ? Text::unsaved_notice : Text::unfinished_notice;
  state_.training.unfinished = std::move(unfinished);
  limpid::notify(state_, text(notice), News::good);
}

void FrontEnd::notify(const std::string& sentence, News news) {
  limpid::notify(state_, sentence, news);
}

bool FrontEnd::is_busy() const {
  const bool opening = std::any_of(
      state_.pictures.begin(), state_.pictures.end(),
      [](const PictureEntry& entry) { return entry.status == PictureEntry::Status::opening; });
  return settles_ || opening || state_.view.filling || state_.restoring || comparing(state_) ||
         state_.queue.running() || !state_.notices.empty() || !state_.training.idle() ||
         state_.training.asked.has_value();
}

bool FrontEnd::uses_escape() const {
  const bool works = state_.restoring || comparing(state_) || state_.encoding;
  return has_open_list() || ImGui::GetIO().WantTextInput || (works && state_.page == Page::denoise);
}

void FrontEnd::send() {
  for (Request& request : std::exchange(state_.requests, {})) platform_.send(std::move(request));
  if (!ImGui::IsAnyItemActive()) undo_.watch(state_);
  std::string choices = write_choices(state_);
  if (choices == stored_ || ImGui::IsAnyItemActive()) return;
  stored_ = std::move(choices);
  platform_.store_choices(stored_);
}

}  // namespace limpid
