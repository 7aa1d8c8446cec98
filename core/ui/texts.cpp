#include "core/ui/texts.h"

#include <array>
#include <iterator>

namespace limpid {
namespace {

struct Row {
  Text which;
  std::array<const char*, language_count> in;  // in the order of Language
};

constexpr Row rows[] = {
    {Text::denoise, {"Denoise"}},
    {Text::train, {"Train"}},
    {Text::dark, {"Dark"}},
    {Text::light, {"Light"}},
    {Text::recent, {"Recent"}},

    {Text::pictures, {"Pictures"}},
    {Text::add_pictures, {"Add pictures"}},
    {Text::add_folder, {"Add folder"}},
    {Text::drop_here, {"Drop pictures here"}},
    {Text::drop_hint, {"or press Add pictures. They stay on this machine."}},
    {Text::restore_all, {"Restore all %d"}},
    {Text::restoring_all, {"Restored %d of %d"}},
    {Text::cancel, {"Cancel"}},
    {Text::remove_picture, {"Remove"}},
    {Text::remove_explained, {"Takes it out of the list (Delete). Its file stays."}},

    {Text::noise, {"Noise"}},
    {Text::add_noise, {"Add noise"}},
    {Text::already_noisy, {"Already noisy"}},
    {Text::noise_kind, {"Kind"}},
    {Text::strengths, {"Strengths"}},
    {Text::strengths_explained, {"A network that learned one strength knows that one alone."}},
    {Text::one_strength, {"This one"}},
    {Text::weaker_too, {"All up to this"}},
    {Text::gaussian, {"Gaussian"}},
    {Text::poisson, {"Poisson (light)"}},
    {Text::salt_pepper, {"Salt and pepper"}},
    {Text::speckle, {"Speckle"}},
    {Text::camera, {"Camera"}},
    {Text::strength, {"Strength"}},
    {Text::strength_explained,
     {"The deviation of the noise where black is 0 and white is 1: 0.4 is 102 of 255. The article "
      "that this tool follows compares 0.2 with 0.4."}},
    {Text::seed, {"Seed"}},
    {Text::seed_explained, {"The same seed always gives the same noise."}},
    {Text::estimated, {"Noise in this picture"}},
    {Text::estimated_explained,
     {"Estimated from the picture alone: the median of its finest diagonal wavelet band (Donoho "
      "and "
      "Johnstone 1994). Fine texture counts as a little noise."}},
    {Text::estimate_high,
     {"This picture is nearly clean. Choose Add noise to see what the network can do."}},

    {Text::model, {"Model"}},
    {Text::no_model_hint, {"Train one, or drop a model file (.safetensors) here."}},
    {Text::nothing_learned,
     {"A classical method: it has learned nothing, and is told how strong the noise is."}},
    {Text::method, {"Classical, has learned nothing"}},
    {Text::first_model_is, {"The quickest"}},
    {Text::middle_model_is, {"Better, slower"}},
    {Text::best_model_is, {"The best, the slowest"}},
    {Text::camera_model_is, {"For cameras' noise, quick"}},
    {Text::best_camera_model_is, {"For cameras' noise, the best"}},
    {Text::loads, {"loads %s"}},
    {Text::loading_model, {"Loading %s; the one before is used until then"}},
    {Text::load_model, {"Load model"}},
    {Text::engine, {"Runs on"}},
    {Text::threads, {"Threads"}},
    {Text::memory, {"Memory, at most"}},
    {Text::views, {"Views"}},
    {Text::one_view, {"One: the picture as it is"}},
    {Text::two_views, {"Mean of 2: twice the time"}},
    {Text::four_views, {"Mean of 4: 4 times the time"}},
    {Text::amount, {"Amount"}},
    {Text::amount_explained,
     {"How much of what is found to be noise is taken out: 1 is all of it, less leaves some as "
      "grain."}},
    {Text::compared_with, {"Compare with"}},

    {Text::split, {"Split"}},
    {Text::side_by_side, {"Side by side"}},
    {Text::clean, {"Clean"}},
    {Text::noisy, {"Noisy"}},
    {Text::restored, {"Restored"}},
    {Text::error, {"Error"}},
    {Text::models, {"Models"}},
    {Text::fit, {"Fit"}},
    {Text::feature_maps, {"Feature maps"}},
    {Text::map_count, {"%s: %d maps of %d × %d"}},
    {Text::map_number, {"%s: map %d of %d"}},
    {Text::maps_working, {"Looking into the network"}},
    {Text::maps_explained,
     {"What leaves each layer for this picture's middle. Each map has its own scale: its largest "
      "value is white, 0 is black, or gray where values go below it."}},
    {Text::no_layers,
     {"A method that has learned nothing has no layers to look into: choose a "
      "network."}},
    {Text::error_hint, {"Difference to the clean picture, four times as strong"}},
    {Text::restoring, {"Restoring, part %d of %d"}},
    {Text::working, {"Restoring"}},
    {Text::encoding, {"Encoding, part %d of %d"}},
    {Text::opening, {"Opening"}},

    {Text::scores, {"Quality"}},
    {Text::rmse, {"RMSE"}},
    {Text::psnr, {"PSNR"}},
    {Text::ssim, {"SSIM"}},
    {Text::rmse_explained,
     {"Root of the mean squared difference to the clean picture, on a scale where black is 0 and "
      "white is 1. Lower is better; 0 is equal."}},
    {Text::psnr_explained,
     {"The same as RMSE in decibels: -20 log10(RMSE). Higher is better. 6 dB more halve the "
      "difference; from about 40 dB on an eye sees none."}},
    {Text::ssim_explained,
     {"Structural similarity (Wang et al. 2004): compares brightness, contrast and structure in "
      "small windows, closer to what an eye sees. 1 is equal."}},
    {Text::ssim_small,
     {"SSIM compares windows of 11 × 11 pixels: this picture has no room for one."}},
    {Text::no_scores,
     {"A picture that is already noisy has no clean version to compare with: there are no "
      "scores."}},
    {Text::shown_picture, {"The picture on the screen"}},
    {Text::notice, {"Notice"}},
    {Text::save, {"Save"}},
    {Text::copy, {"Copy"}},
    {Text::save_explained, {"The restored picture as PNG: full size, transparency kept."}},

    {Text::training_pictures, {"Pictures to learn from"}},
    {Text::take_listed, {"Take the %d pictures of the Denoise page"}},
    {Text::choose_folder, {"Choose folder"}},
    {Text::choose_pictures, {"Choose pictures"}},
    {Text::chosen_files, {"%zu pictures, %zu of them to test"}},
    {Text::chosen_none, {"Drop a folder of pictures, or choose one."}},
    {Text::network, {"Network and noise"}},
    {Text::preset, {"Network"}},
    {Text::network_explained,
     {"Drawn anew, or one of the Denoise page's that goes on learning from what it knows."}},
    {Text::taken, {"Pictures"}},
    {Text::taken_explained,
     {"Resized to one size, as in the article; or another part of each picture at its own size in "
      "every epoch, mirrored by chance: better for photographs of several sizes."}},
    {Text::whole_pictures, {"Whole, resized"}},
    {Text::random_crops, {"Random crops"}},
    {Text::size, {"Size"}},
    {Text::size_explained, {"Of what is learned from, in pixels. A smaller size learns faster."}},
    {Text::epochs, {"Epochs"}},
    {Text::batch, {"Batch"}},
    {Text::draws, {"Draws"}},
    {Text::draws_explained,
     {"Times that an epoch takes each picture, with new noise each time. With few pictures an "
      "epoch "
      "would else be too few steps: until you choose, this follows their number; 0 lets it follow "
      "again."}},
    {Text::learning_rate, {"Learning rate"}},
    {Text::schedule, {"Schedule"}},
    {Text::schedule_explained,
     {"The rate stays as it is, falls along a cosine to nothing by the last epoch, or is halved "
      "when the test pictures have become no better for five epochs."}},
    {Text::constant, {"Constant"}},
    {Text::cosine, {"Falls to 0"}},
    {Text::plateau, {"On a plateau"}},
    {Text::loss, {"Loss"}},
    {Text::mse, {"Squared error"}},
    {Text::bce, {"Cross-entropy"}},
    {Text::l1, {"Absolute error"}},
    {Text::psnr_loss, {"Missing PSNR"}},
    {Text::loss_explained,
     {"What the network learns to make small. Missing PSNR counts weak and strong noise alike, the "
      "squared "
      "error strong noise above all."}},
    {Text::more_settings, {"More settings"}},
    {Text::fewer_settings, {"Fewer settings"}},
    {Text::off, {"Off"}},
    {Text::optimizer, {"Optimizer"}},
    {Text::optimizer_explained,
     {"Adam gives every weight a pace of its own. SGD with momentum gives all the same, and "
      "needs a learning rate some ten times as large."}},
    {Text::adam, {"Adam"}},
    {Text::sgd, {"SGD"}},
    {Text::warm_up, {"Warm-up, steps"}},
    {Text::warm_up_explained,
     {"The learning rate rises from nothing in so many steps: deep networks begin more safely."}},
    {Text::clip_norm, {"Gradients, at most"}},
    {Text::clip_norm_explained,
     {"A step whose gradients are longer, all together as one vector, is shortened to this: one "
      "odd batch cannot ruin what was learned."}},
    {Text::average, {"Average of weights"}},
    {Text::average_explained,
     {"The model is a moving average over the steps, with this much of it kept in each: calmer and "
      "often better than the last step's weights."}},
    {Text::kept, {"Model of"}},
    {Text::kept_explained, {"The last epoch, or the one with the lowest validation loss."}},
    {Text::last_epoch, {"The last epoch"}},
    {Text::best_epoch, {"The best epoch"}},
    {Text::field, {"Noise field"}},
    {Text::field_explained,
     {"New for every picture and epoch; or one for all, as in the article: a network can learn "
      "that "
      "by heart, and then knows no other noise."}},
    {Text::fresh_field, {"Always new"}},
    {Text::fixed_field, {"One for all"}},
    {Text::gray_share, {"Gray, %"}},
    {Text::gray_share_explained, {"Of the pictures, by chance: made gray before they get noise."}},
    {Text::jpeg_share, {"As JPEG, %"}},
    {Text::jpeg_share_explained,
     {"Of the noisy pictures, by chance: stored as JPEG in between, which leaves its own traces."}},
    {Text::camera_share, {"Camera, %"}},
    {Text::camera_share_explained,
     {"Of the pictures, by chance: with the noise of cameras instead, in specks."}},
    {Text::own_json, {"Own (JSON)"}},
    {Text::learned_already, {"%s, goes on learning"}},
    {Text::forecast, {"Before you start"}},
    {Text::forecast_parameters, {"Parameters"}},
    {Text::forecast_memory, {"Memory"}},
    {Text::forecast_time, {"Time"}},
    {Text::forecast_wait, {"Measuring"}},
    {Text::forecast_about, {"about %s"}},
    {Text::forecast_instant, {"less than 1 s"}},
    {Text::forecast_explained, {"Measured on this machine a moment ago."}},
    {Text::start, {"Start training"}},
    {Text::pause, {"Pause"}},
    {Text::go_on, {"Go on"}},
    {Text::stop, {"Stop"}},
    {Text::reading_pictures, {"Reading pictures, %zu of %zu"}},
    {Text::unfinished, {"A training that broke off"}},
    {Text::unfinished_about, {"%s, %d x %d, in epoch %d of %d."}},
    {Text::unfinished_notice, {"A training broke off: the Train page goes on with it."}},
    {Text::go_on_with_it, {"Go on with it"}},
    {Text::give_up, {"Give it up"}},
    {Text::learning, {"Learning"}},
    {Text::curves, {"Loss"}},
    {Text::curves_hint, {"The curves appear after the first epoch."}},
    {Text::curves_shown, {"Curves"}},
    {Text::layers, {"Layers"}},
    {Text::noisy_picture, {"The noisy picture"}},
    {Text::narrowest, {"Narrowest: %s, %.0f %% of the picture's numbers."}},
    {Text::filters, {"Filters of the first layer"}},
    {Text::filters_explained,
     {"Each square is what one filter looks for: a weight of zero is gray. They begin at random; "
      "watch edges, colours and averages come out of the noise."}},
    {Text::training_loss, {"Training"}},
    {Text::validation_loss, {"Validation"}},
    {Text::linear, {"Linear"}},
    {Text::logarithmic, {"Log"}},
    {Text::epoch, {"Epoch"}},
    {Text::validating, {"validating"}},
    {Text::speed, {"Pictures"}},
    {Text::left, {"Time left"}},
    {Text::progress_pictures, {"%zu of %zu pictures"}},
    {Text::preview_title, {"Test pictures"}},
    {Text::preview_hint,
     {"Pictures the network never learns from, with the same noise every time."}},
    {Text::download_model, {"Save model"}},
    {Text::use_model, {"Use it"}},
    {Text::finished, {"Finished"}},
    {Text::stopped_early, {"Stopped early"}},
    {Text::cancelled, {"Stopped"}},
    {Text::diverged, {"Diverged"}},
    {Text::after_epoch, {"1 epoch, test RMSE %s, noisy %s"}},
    {Text::after_epochs, {"%d epochs, test RMSE %s, noisy %s"}},
    {Text::not_better,
     {"Not better than the noisy pictures: more epochs, more pictures to learn from or another "
      "network can help."}},
    {Text::paused, {"Paused"}},
    {Text::test_rmse, {"Test RMSE"}},
    {Text::runs, {"Runs"}},
    {Text::open_run, {"Open a run"}},
    {Text::no_epoch_yet, {"no epoch is over yet"}},
    {Text::show_curve, {"Show its curve beside the others"}},
    {Text::epochs_in_all, {"Epochs in all"}},

    {Text::open_pictures, {"Open pictures"}},
    {Text::open_folder, {"Open a folder"}},
    {Text::open_model, {"Open a model"}},
    {Text::results_folder, {"Folder for the restored pictures"}},
    {Text::save_picture, {"Save the picture"}},
    {Text::folder_above, {"Up"}},
    {Text::home_folder, {"Home"}},
    {Text::hidden_files, {"Hidden files"}},
    {Text::all_files, {"All files"}},
    {Text::picture_files, {"Pictures"}},
    {Text::writable_files, {"PNG and JPEG pictures"}},
    {Text::model_files, {"Models"}},
    {Text::name_or_path, {"Type a name or a path"}},
    {Text::file_name, {"Name"}},
    {Text::open, {"Open"}},
    {Text::choose_this_folder, {"Choose this folder"}},
    {Text::replace_file, {"Replace the file"}},
    {Text::name_taken, {"A file of this name is there already."}},
    {Text::no_such_file, {"%s: there is no such file or folder"}},
    {Text::nothing_here, {"Nothing is in this folder."}},
    {Text::nothing_found, {"Nothing here has such a name."}},
    {Text::nothing_of_kind, {"Only files of other kinds are here; All files shows them."}},
    {Text::no_transparency, {". JPEG keeps no transparency, the picture has lost it."}},
    {Text::no_memory_to_write, {": there is not enough memory to write it"}},
};

constexpr bool each_has_its_row() {
  if (std::size(rows) != size_t(Text::count)) return false;
  for (size_t i = 0; i < std::size(rows); ++i) {
    if (rows[i].which != Text(i)) return false;
  }
  return true;
}
static_assert(each_has_its_row(), "the rows are those of the enumeration, in its order");

}  // namespace

const char* text(Text which, Language language) { return rows[size_t(which)].in[size_t(language)]; }

const char* text(Text which) { return text(which, Language::english); }

}  // namespace limpid
