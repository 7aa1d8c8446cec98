// How a training ends, by the words that events have for it (core/ui/work/message.cpp): what is
// said of it, and whether it stays stored until its model is saved, as nobody may have looked.
export const ends = {
  finished: { sentence: "The training is finished.", stays_stored: true },
  "stopped early": { sentence: "The training stopped early.", stays_stored: true },
  cancelled: { sentence: "The training was stopped.", stays_stored: false },
  diverged: { sentence: "The training diverged.", stays_stored: false },
};
